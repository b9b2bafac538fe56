/**
 * Frames over HTTP POSTs, whose answers wait for something to say.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";
import { BATCH_BYTES } from "../http_protocol.ts";
import { LineReader } from "../lines.ts";
import { RpcError } from "../rpc_error.ts";
import type { Wire, WireEvents } from "../wire.ts";

/** Answers one POST. */
export type Answer = (status: 200 | 409 | 410, body: string) => void;

export type HttpWireOptions = {
  readonly clock: Clock;
  readonly maxFrameBytes: number;
  /** Milliseconds that a POST waits for frames before it is answered empty. */
  readonly holdMs: number;
  /** Milliseconds until the next POST must have come. */
  readonly absentMs: number;
};

type Turn = { readonly body: Uint8Array; readonly answer: Answer };
type State =
  | { readonly name: "idle"; readonly cancel: () => void }
  | {
    readonly name: "holding";
    readonly answer: Answer;
    readonly cancel: () => void;
  }
  | { readonly name: "closed" };

/**
 * The client numbers its POSTs, and has at most two of them under way: each
 * sets the one before it free. So frames keep their order both ways, though the
 * POSTs may come by different connections.
 */
export class HttpWire implements Wire {
  readonly #options: HttpWireOptions;
  readonly #events: WireEvents;
  readonly #lines: LineReader;
  #state: State;
  #next = 1;
  #early: Turn | undefined;
  #out: string[] = [];
  #outSize = 0;

  constructor(options: HttpWireOptions, events: WireEvents) {
    this.#options = options;
    this.#events = events;
    this.#lines = new LineReader(
      options.maxFrameBytes,
      (line) => this.#line(line),
    );
    this.#state = this.#idle();
  }

  get writable(): boolean {
    return this.#outSize < BATCH_BYTES;
  }

  limit(maxFrameBytes: number): void {
    this.#lines.maxBytes = maxFrameBytes;
  }

  send(frame: string): void {
    if (this.#state.name === "closed") return;
    if (this.#out.length === 0) queueMicrotask(() => this.#flush());
    this.#out.push(frame);
    this.#outSize += frame.length;
  }

  close(): void {
    this.#flush();
    this.#end();
  }

  /** One POST; `body` holds whole lines. */
  turn(number: number, body: Uint8Array, answer: Answer): void {
    if (this.#state.name === "closed") return answer(410, "");
    if (number === this.#next) return this.#take({ body, answer });
    if (number === this.#next + 1 && this.#early === undefined) {
      this.#early = { body, answer };
      return;
    }
    answer(409, "");
  }

  /** A POST went away unanswered. */
  aborted(): void {
    this.#lose("a POST was broken off");
  }

  #take({ body, answer }: Turn): void {
    this.#next++;
    this.#release();
    this.#hold(answer);
    this.#read(body);
    if (this.#out.length > 0) queueMicrotask(() => this.#flush());
    const early = this.#early;
    this.#early = undefined;
    if (early === undefined) return;
    if (this.#isClosed()) return early.answer(410, "");
    this.#take(early);
  }

  #idle(): State {
    const { clock, absentMs } = this.#options;
    const lose = () => this.#lose("no POST has come");
    return { name: "idle", cancel: clock.after(absentMs, lose) };
  }

  #hold(answer: Answer): void {
    if (this.#state.name === "idle") this.#state.cancel();
    const { clock, holdMs } = this.#options;
    const cancel = clock.after(holdMs, () => this.#release());
    this.#state = { name: "holding", answer, cancel };
  }

  #read(body: Uint8Array): void {
    try {
      this.#lines.push(body);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#events.unreadable(error);
    }
  }

  #line(line: string): void {
    if (!this.#isClosed()) this.#events.frame(line);
  }

  #flush(): void {
    if (this.#out.length > 0) this.#release();
  }

  #release(): void {
    if (this.#state.name !== "holding") return;
    const { answer, cancel } = this.#state;
    cancel();
    this.#state = this.#idle();
    const wasWritable = this.writable;
    answer(200, this.#batch());
    if (!wasWritable && this.writable) this.#events.drained();
  }

  #batch(): string {
    let count = 0;
    let size = 0;
    for (const frame of this.#out) {
      if (count > 0 && size + frame.length > BATCH_BYTES) break;
      size += frame.length;
      count++;
    }
    this.#outSize -= size;
    return this.#out.splice(0, count).map((frame) => frame + "\n").join("");
  }

  #lose(reason: string): void {
    if (this.#isClosed()) return;
    this.#end();
    this.#events.closed(reason);
  }

  #end(): void {
    this.#release();
    if (this.#state.name === "idle") this.#state.cancel();
    this.#state = { name: "closed" };
    this.#early?.answer(410, "");
    this.#early = undefined;
    this.#out = [];
  }

  #isClosed(): boolean {
    return this.#state.name === "closed";
  }
}
