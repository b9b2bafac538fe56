import { within } from "../support/within.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A bare TCP connection, for what no well-behaved client does. */
export class RawPeer implements Disposable {
  /** Of the answer to the upgrade. */
  head = "";
  readonly #conn: Deno.TcpConn;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async connect(port: number): Promise<RawPeer> {
    return new RawPeer(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Upgrades, and from then on does only what it is told. */
  static async upgrade(
    port: number,
    path: string,
    protocols = "holdfast.v1",
  ): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    await peer.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n` +
        "Connection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        `Sec-WebSocket-Protocol: ${protocols}\r\n\r\n`,
    );
    peer.head = await peer.read();
    if (!peer.head.startsWith("HTTP/1.1 101")) throw new Error(peer.head);
    return peer;
  }

  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    for (let at = 0; at < bytes.length;) {
      at += await this.#conn.write(bytes.subarray(at));
    }
  }

  /** One masked frame; `head` is its first byte: FIN, reserved bits, opcode. */
  async frame(head: number, length: number): Promise<void> {
    const size = length < 126
      ? [0x80 | length]
      : [0x80 | 126, length >> 8, length & 0xff];
    const mask = [0, 0, 0, 0];
    const payload = new Uint8Array(length).fill(0x61);
    await this.write(new Uint8Array([head, ...size, ...mask, ...payload]));
  }

  /** What has come; empty at the end. */
  async read(): Promise<string> {
    const buffer = new Uint8Array(65_536);
    const count = await within("bytes", this.#conn.read(buffer));
    return decoder.decode(buffer.subarray(0, count ?? 0));
  }

  /** All that comes until the other end is gone, by whatever means. */
  async rest(): Promise<Uint8Array> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const buffer = new Uint8Array(65_536);
    try {
      while (true) {
        const count = await within("bytes", this.#conn.read(buffer));
        if (count === null) break;
        parts.push(buffer.slice(0, count));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  /** Reads until the other end is gone, by whatever means. */
  async ended(): Promise<void> {
    try {
      while (await this.read() !== "");
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}
