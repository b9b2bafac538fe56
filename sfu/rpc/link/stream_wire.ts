/**
 * Frames over a connection of Deno: TCP, TLS or Unix.
 *
 * @module
 */
import { LineReader } from "../lines.ts";
import { RpcError } from "../rpc_error.ts";
import type { Wire, WireEvents } from "../wire.ts";

/** Characters that wait for the peer before it counts as slow. */
const HIGH_WATER = 262_144;
/** Characters that leave at once, so that the peer can begin with them. */
const BATCH = 65_536;
const BUFFER_BYTES = 65_536;

const encoder = new TextEncoder();

export class StreamWire implements Wire {
  readonly #conn: Deno.Conn;
  readonly #events: WireEvents;
  readonly #lines: LineReader;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #out = "";
  #state: "open" | "writing" | "closed" = "open";

  constructor(conn: Deno.Conn, maxFrameBytes: number, events: WireEvents) {
    this.#conn = conn;
    this.#events = events;
    this.#lines = new LineReader(maxFrameBytes, (line) => this.#line(line));
    this.#read();
  }

  get writable(): boolean {
    return this.#out.length < HIGH_WATER;
  }

  limit(maxFrameBytes: number): void {
    this.#lines.maxBytes = maxFrameBytes;
  }

  send(frame: string): void {
    if (this.#state === "closed") return;
    if (this.#out === "" && this.#state === "open") {
      queueMicrotask(() => this.#flush());
    }
    this.#out += frame + "\n";
    if (this.#out.length >= BATCH && this.#state === "open") this.#flush();
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#conn.close();
  }

  async #flush(): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "writing";
    try {
      while (this.#out !== "") {
        const wasWritable = this.writable;
        const bytes = this.#encode();
        for (let sent = 0; sent < bytes.length;) {
          sent += await this.#conn.write(bytes.subarray(sent));
        }
        if (this.#isClosed()) return;
        if (!wasWritable) this.#events.drained();
      }
      this.#state = "open";
    } catch (error) {
      this.#fail(error);
    }
  }

  /** As much as the buffer holds. */
  #encode(): Uint8Array {
    const { read, written } = encoder.encodeInto(this.#out, this.#buffer);
    this.#out = this.#out.slice(read);
    return this.#buffer.subarray(0, written);
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    try {
      while (!this.#isClosed()) {
        const count = await this.#conn.read(buffer);
        if (count === null) throw new Error("the sidecar ended it");
        this.#lines.push(buffer.subarray(0, count));
      }
    } catch (error) {
      if (error instanceof RpcError) this.#events.unreadable(error);
      else this.#fail(error);
    }
  }

  #line(line: string): void {
    if (!this.#isClosed()) this.#events.frame(line);
  }

  #fail(error: unknown): void {
    if (this.#isClosed()) return;
    this.close();
    this.#events.closed(error instanceof Error ? error.message : "gone");
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }
}
