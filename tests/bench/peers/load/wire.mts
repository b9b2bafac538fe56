/**
 * WebSockets of a client that costs next to nothing, so that what is measured
 * is the server: it knows the frames that servers of this folder send, checks
 * nothing, and masks with zeros.
 *
 * @module
 */
import { connect, type Socket } from "node:net";

export const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

export type Address = {
  readonly port: number;
  readonly path: string;
  readonly protocol: string;
};

/** Whoever has the wire. Nothing comes before `opened` or after `closed`. */
export type WireListener = {
  opened(): void;
  /** The bytes hold during the call only. */
  received(opcode: number, payload: Buffer): void;
  closed(): void;
};

const KEY = "AAAAAAAAAAAAAAAAAAAAAA==";
const MASKED = 0x80;
const END_OF_HEAD = "\r\n\r\n";
const NOTHING: Buffer = Buffer.alloc(0);

export class Wire {
  readonly #socket: Socket;
  readonly #listener: WireListener;
  #isOpen = false;
  /** What has come and is no whole frame yet. */
  #rest = NOTHING;

  constructor({ port, path, protocol }: Address, listener: WireListener) {
    this.#listener = listener;
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket = socket;
    socket.write([
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${KEY}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      "\r\n",
    ].join("\r\n"));
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => listener.closed());
  }

  send(text: string): void {
    this.#socket.write(frame(opcodes.text, Buffer.from(text)));
  }

  pong(payload: Buffer): void {
    this.#socket.write(frame(opcodes.pong, payload));
  }

  /** Says that it leaves, in so many words. */
  close(): void {
    this.#socket.end(frame(opcodes.close, Buffer.from([0x03, 0xe8])));
  }

  /** Without a word, as when the process on the way dies. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }

  #read(chunk: Buffer): void {
    let data = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk;
    if (!this.#isOpen) {
      const end = data.indexOf(END_OF_HEAD);
      this.#rest = data;
      if (end === -1) return;
      const status = data.toString("latin1", 9, 12);
      if (status !== "101") throw new Error(`not upgraded: ${status}`);
      this.#isOpen = true;
      this.#listener.opened();
      data = data.subarray(end + END_OF_HEAD.length);
    }
    this.#rest = this.#readFrames(data);
  }

  /** Returns what is left. */
  #readFrames(data: Buffer): Buffer {
    let at = 0;
    while (data.length - at >= 2) {
      const size = data.readUInt8(at + 1);
      const head = size < 126 ? 2 : size === 126 ? 4 : 10;
      if (data.length - at < head) break;
      const length = head === 2
        ? size
        : head === 4
        ? data.readUInt16BE(at + 2)
        : Number(data.readBigUInt64BE(at + 2));
      const end = at + head + length;
      if (data.length < end) break;
      this.#listener.received(
        data.readUInt8(at) & 0x0f,
        data.subarray(at + head, end),
      );
      at = end;
    }
    return at === data.length ? NOTHING : data.subarray(at);
  }
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? 6 : 8;
  const bytes = Buffer.alloc(head + length);
  bytes[0] = 0x80 | opcode;
  if (length < 126) bytes[1] = MASKED | length;
  else {
    bytes[1] = MASKED | 126;
    bytes.writeUInt16BE(length, 2);
  }
  payload.copy(bytes, head);
  return bytes;
}
