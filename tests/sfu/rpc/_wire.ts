import type { Wire, WireEvents } from "../../../sfu/rpc/wire.ts";

export type Message = {
  readonly id?: number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data: { readonly status: string };
  };
};

/** A wire in memory: what one side sends is looked at, what it gets is said. */
export class FakeWire implements Wire {
  writable = true;
  isClosed = false;
  maxFrameBytes = 0;
  #sent: Message[] = [];
  #events: WireEvents | undefined;

  readonly open = (events: WireEvents): Wire => {
    this.#events = events;
    return this;
  };

  send(frame: string): void {
    if (!this.isClosed) this.#sent.push(JSON.parse(frame));
  }

  limit(maxFrameBytes: number): void {
    this.maxFrameBytes = maxFrameBytes;
  }

  close(): void {
    this.isClosed = true;
  }

  /** What was sent since it was last looked at. */
  take(): Message[] {
    return this.#sent.splice(0);
  }

  /** The first of those. */
  takeOne(): Message | undefined {
    return this.#sent.shift();
  }

  /** The peer says something. */
  receive(message: unknown): void {
    this.receiveLine(JSON.stringify(message));
  }

  receiveLine(line: string): void {
    if (!this.isClosed) this.#events?.frame(line);
  }

  drain(): void {
    this.writable = true;
    this.#events?.drained();
  }

  /** The peer is gone. */
  drop(reason = "gone"): void {
    this.isClosed = true;
    this.#events?.closed(reason);
  }
}
