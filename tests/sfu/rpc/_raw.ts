import { Inbox } from "../../support/inbox.ts";
import type { Message } from "./_wire.ts";

const encoder = new TextEncoder();

/** One end of a stream, without any of our code between it and the bytes. */
export class RawPeer implements Disposable {
  /** What came, frame by frame; undefined: the other side has ended it. */
  readonly frames = new Inbox<Message | "end">();
  readonly #conn: Deno.Conn;
  #isClosed = false;

  constructor(conn: Deno.Conn, options: { readonly isReading?: boolean } = {}) {
    this.#conn = conn;
    if (options.isReading ?? true) this.#read();
  }

  static async dial(
    url: string,
    options: { readonly isReading?: boolean } = {},
  ): Promise<RawPeer> {
    const { hostname, port } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    conn.setNoDelay(true);
    return new RawPeer(conn, options);
  }

  async send(message: unknown): Promise<void> {
    await this.write(JSON.stringify(message) + "\n");
  }

  /** May fail when the other side has ended it. */
  async write(bytes: Uint8Array | string): Promise<void> {
    let rest = typeof bytes === "string" ? encoder.encode(bytes) : bytes;
    while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
  }

  /** @throws {Error} when nothing comes in time, or the end. */
  async next(): Promise<Message> {
    const frame = await this.frames.next("a frame");
    if (frame === "end") throw new Error("The other side has ended it");
    return frame;
  }

  /** Resolves when the other side ends it; gives what came before. */
  async end(): Promise<Message[]> {
    const rest: Message[] = [];
    for (;;) {
      const frame = await this.frames.next("the end");
      if (frame === "end") return rest;
      rest.push(frame);
    }
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder();
    let text = "";
    try {
      for (;;) {
        const count = await this.#conn.read(buffer);
        if (count === null) break;
        text += decoder.decode(buffer.subarray(0, count), { stream: true });
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        for (const line of lines) this.frames.put(JSON.parse(line));
      }
    } catch {
      // Reset, or closed by the test: the end as well.
    }
    this.frames.put("end");
  }
}
