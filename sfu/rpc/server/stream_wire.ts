/**
 * Frames over a socket of Node: TCP, TLS or Unix.
 *
 * @module
 */
import type { Socket } from "node:net";
import { LineReader } from "../lines.ts";
import { RpcError } from "../rpc_error.ts";
import type { Wire, WireEvents } from "../wire.ts";

/** Milliseconds that a peer has to take the last frames. */
const LINGER_MS = 1_000;

/** Characters that leave at once, so that the peer can begin with them. */
const BATCH = 65_536;

/** A peer that does not take its answers is not read from until it does. */
export class StreamWire implements Wire {
  readonly #socket: Socket;
  readonly #events: WireEvents;
  readonly #lines: LineReader;
  #out = "";
  #state: "open" | "closing" = "open";

  constructor(socket: Socket, maxFrameBytes: number, events: WireEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#lines = new LineReader(maxFrameBytes, (line) => this.#line(line));
    socket.setNoDelay(true);
    socket.on("data", (chunk: Uint8Array) => this.#read(chunk));
    socket.on("drain", () => this.#drained());
    // Whatever it is, `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => this.#closed());
  }

  get writable(): boolean {
    return !this.#socket.writableNeedDrain;
  }

  limit(maxFrameBytes: number): void {
    this.#lines.maxBytes = maxFrameBytes;
  }

  send(frame: string): void {
    if (this.#state === "closing") return;
    if (this.#out === "") queueMicrotask(() => this.#flush());
    this.#out += frame + "\n";
    if (this.#out.length >= BATCH) this.#flush();
  }

  close(): void {
    if (this.#state === "closing") return;
    this.#state = "closing";
    this.#flush();
    const socket = this.#socket;
    socket.end();
    socket.resume();
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => clearTimeout(linger));
  }

  #flush(): void {
    if (this.#out === "") return;
    const out = this.#out;
    this.#out = "";
    if (this.#socket.write(out) || this.#state === "closing") return;
    this.#socket.pause();
  }

  #drained(): void {
    this.#socket.resume();
    if (this.#state === "open") this.#events.drained();
  }

  #read(chunk: Uint8Array): void {
    if (this.#state === "closing") return;
    try {
      this.#lines.push(chunk);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#events.unreadable(error);
    }
  }

  #line(line: string): void {
    if (this.#state === "open") this.#events.frame(line);
  }

  #closed(): void {
    if (this.#state === "closing") return;
    this.#state = "closing";
    this.#events.closed("the connection is gone");
  }
}
