/**
 * Frames over HTTP POSTs. Needs nothing but `fetch`.
 *
 * @module
 */
import {
  BATCH_BYTES,
  CONNECTION_HEADER,
  HTTP_PATH,
  NDJSON,
  TURN_HEADER,
} from "../http_protocol.ts";
import { LineReader } from "../lines.ts";
import { RpcError } from "../rpc_error.ts";
import type { Wire, WireEvents } from "../wire.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type HttpWireOptions = {
  /** Origin of the sidecar. */
  readonly url: string;
  readonly secret: string;
  /** Unguessable; another one for each wire. */
  readonly connection: string;
  readonly fetch: Fetch;
  readonly maxFrameBytes: number;
  /** Gives back what the fetch has taken. */
  readonly release: () => void;
};

/** One carries calls while the other waits for events. */
const MAX_UNDER_WAY = 2;

const encoder = new TextEncoder();

/**
 * A POST that fails ends the wire: nobody knows then whether it arrived. Bodies
 * are read in the order of their POSTs.
 */
export class HttpWire implements Wire {
  readonly #options: HttpWireOptions;
  readonly #events: WireEvents;
  readonly #lines: LineReader;
  readonly #abort = new AbortController();
  readonly #early = new Map<number, Uint8Array>();
  #out: Uint8Array[] = [];
  #outBytes = 0;
  #posted = 0;
  #read = 0;

  constructor(options: HttpWireOptions, events: WireEvents) {
    this.#options = options;
    this.#events = events;
    this.#lines = new LineReader(
      options.maxFrameBytes,
      (line) => this.#line(line),
    );
  }

  get writable(): boolean {
    return this.#outBytes < BATCH_BYTES;
  }

  limit(maxFrameBytes: number): void {
    this.#lines.maxBytes = maxFrameBytes;
  }

  send(frame: string): void {
    if (this.#isClosed()) return;
    if (this.#out.length === 0) queueMicrotask(() => this.#pump());
    const bytes = encoder.encode(frame + "\n");
    this.#out.push(bytes);
    this.#outBytes += bytes.length;
  }

  close(): void {
    if (this.#isClosed()) return;
    this.#abort.abort();
    this.#options.release();
  }

  /** There is always a POST under way for the sidecar to answer. */
  #pump(): void {
    const underWay = this.#posted - this.#read;
    if (this.#isClosed() || underWay >= MAX_UNDER_WAY) return;
    if (underWay > 0 && this.#out.length === 0) return;
    const wasWritable = this.writable;
    const turn = ++this.#posted;
    this.#post(turn, this.#body()).then(
      (body) => this.#arrived(turn, body),
      (error) => this.#fail(error),
    );
    if (!wasWritable && this.writable) this.#events.drained();
    this.#pump();
  }

  #body(): Uint8Array<ArrayBuffer> {
    let count = 0;
    let size = 0;
    for (const { length } of this.#out) {
      if (count > 0 && size + length > BATCH_BYTES) break;
      size += length;
      count++;
    }
    this.#outBytes -= size;
    return joined(this.#out.splice(0, count), size);
  }

  async #post(
    turn: number,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array> {
    const { url, secret, connection, fetch, maxFrameBytes } = this.#options;
    const response = await fetch(new URL(HTTP_PATH, url).href, {
      method: "POST",
      headers: {
        authorization: `Bearer ${secret}`,
        "content-type": NDJSON,
        [CONNECTION_HEADER]: connection,
        [TURN_HEADER]: String(turn),
      },
      body,
      redirect: "error",
      signal: this.#abort.signal,
    });
    if (response.status === 200) {
      return readAll(response, maxFrameBytes + 3 * BATCH_BYTES);
    }
    await response.body?.cancel();
    throw new Error(`HTTP status ${response.status}`);
  }

  #arrived(turn: number, body: Uint8Array): void {
    this.#early.set(turn, body);
    for (;;) {
      const next = this.#early.get(this.#read + 1);
      if (next === undefined || this.#isClosed()) break;
      this.#early.delete(++this.#read);
      this.#take(next);
    }
    this.#pump();
  }

  #take(body: Uint8Array): void {
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

  #fail(error: unknown): void {
    if (this.#isClosed()) return;
    this.close();
    this.#events.closed(error instanceof Error ? error.message : "gone");
  }

  #isClosed(): boolean {
    return this.#abort.signal.aborted;
  }
}

/** @throws {Error} when there is more than that. */
async function readAll(
  response: Response,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new RpcError("RESOURCE_EXHAUSTED", "The answer is too large");
    }
    chunks.push(chunk);
  }
  return joined(chunks, size);
}

function joined(
  chunks: readonly Uint8Array[],
  size: number,
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
