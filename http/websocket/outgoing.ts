/**
 * Text on its way out of a `ws` socket. What one turn of the event loop says to
 * a peer leaves in one piece: messages come in bursts, and a write costs more
 * than all that is in it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Socket as TcpSocket } from "node:net";
import { WebSocket } from "ws";

/** FIN and the opcode of text (RFC 6455, 5.2). */
const TEXT = 0x81;
const MAX_SHORT = 125;
const MAX_MEDIUM = 0xffff;

/** Of the memory that frames are cut from: 8 KiB would be used up all the time. */
Buffer.poolSize = 65_536;

export class Outgoing {
  readonly #webSocket: WebSocket;
  readonly #tcp: TcpSocket;
  #texts: string[] = [];
  #bytes = 0;

  constructor(webSocket: WebSocket, tcp: TcpSocket) {
    this.#webSocket = webSocket;
    this.#tcp = tcp;
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount + this.#bytes;
  }

  send(text: string): void {
    if (this.#texts.length === 0) soon(this);
    this.#texts.push(text);
    this.#bytes += frameLength(Buffer.byteLength(text));
  }

  /** Whatever is sent after it, such as a close frame, comes after it. */
  flush(): void {
    const texts = this.#texts;
    if (texts.length === 0) return;
    const frames = Buffer.allocUnsafe(this.#bytes);
    this.#texts = [];
    this.#bytes = 0;
    if (this.#webSocket.readyState !== WebSocket.OPEN) return;
    let at = 0;
    for (const text of texts) at = writeFrame(frames, at, text);
    this.#tcp.write(frames);
  }
}

let waiting: Outgoing[] = [];

function soon(outgoing: Outgoing): void {
  if (waiting.length === 0) setImmediate(flushAll);
  waiting.push(outgoing);
}

function flushAll(): void {
  const due = waiting;
  waiting = [];
  for (const outgoing of due) outgoing.flush();
}

const frameLength = (bytes: number): number => headLength(bytes) + bytes;

function headLength(bytes: number): number {
  if (bytes <= MAX_SHORT) return 2;
  return bytes <= MAX_MEDIUM ? 4 : 10;
}

/** @returns where the next one begins */
function writeFrame(frames: Buffer, at: number, text: string): number {
  const bytes = Buffer.byteLength(text);
  const start = at + headLength(bytes);
  frames[at] = TEXT;
  if (bytes <= MAX_SHORT) frames[at + 1] = bytes;
  else if (bytes <= MAX_MEDIUM) {
    frames[at + 1] = MAX_SHORT + 1;
    frames.writeUInt16BE(bytes, at + 2);
  } else {
    frames[at + 1] = MAX_SHORT + 2;
    frames.writeBigUInt64BE(BigInt(bytes), at + 2);
  }
  return start + frames.write(text, start, "utf8");
}
