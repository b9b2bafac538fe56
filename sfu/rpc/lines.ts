/**
 * Cuts a stream of bytes into lines of UTF-8.
 *
 * @module
 */
import { RpcError } from "./rpc_error.ts";

const NEWLINE = 0x0a;
/** A buffer larger than this is given back once its line is complete. */
const KEPT_BYTES = 65_536;

/** In Deno, the strict decoder takes ten times as long. */
const decoder = new TextDecoder("utf-8");
const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/** The stream cannot be read on after an error is thrown. */
export class LineReader {
  /** Bytes of the longest line that is taken. */
  maxBytes: number;
  readonly #onLine: (line: string) => void;
  #partial = new Uint8Array(0);
  #length = 0;

  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  /**
   * Empty lines are passed over; the chunk is not kept.
   *
   * @throws {RpcError} RESOURCE_EXHAUSTED for a line too long, INVALID_ARGUMENT
   * for one that is not UTF-8; the lines before it have been delivered.
   */
  push(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) return this.#keep(chunk);
    const block = this.#complete(chunk.subarray(0, end));
    if (block.length <= this.maxBytes) this.#emit(this.#decode(block));
    else this.#emitEach(block);
    if (end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1));
  }

  /** Many lines decoded at once cost about what one does. */
  #emit(text: string): void {
    if (!text.includes("\n")) {
      if (text !== "") this.#onLine(text);
      return;
    }
    for (const line of text.split("\n")) {
      if (line !== "") this.#onLine(line);
    }
  }

  #emitEach(block: Uint8Array): void {
    for (let start = 0; start <= block.length;) {
      const found = block.indexOf(NEWLINE, start);
      const end = found === -1 ? block.length : found;
      this.#check(end - start);
      this.#emit(this.#decode(block.subarray(start, end)));
      start = end + 1;
    }
  }

  #decode(bytes: Uint8Array): string {
    const text = decoder.decode(bytes);
    return text.includes("\ufffd") ? decodeStrictly(bytes) : text;
  }

  #check(bytes: number): void {
    if (bytes <= this.maxBytes) return;
    throw new RpcError(
      "RESOURCE_EXHAUSTED",
      `The frame is larger than ${this.maxBytes} bytes`,
    );
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    this.#check(length);
    if (length > this.#partial.length) {
      const grown = new Uint8Array(Math.max(length, this.#partial.length * 2));
      grown.set(this.#partial.subarray(0, this.#length));
      this.#partial = grown;
    }
    this.#partial.set(bytes, this.#length);
    this.#length = length;
  }

  #complete(rest: Uint8Array): Uint8Array {
    if (this.#length === 0) return rest;
    const length = this.#length + rest.length;
    const whole = new Uint8Array(length);
    whole.set(this.#partial.subarray(0, this.#length));
    whole.set(rest, this.#length);
    this.#length = 0;
    if (this.#partial.length > KEPT_BYTES) this.#partial = new Uint8Array(0);
    return whole;
  }
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new RpcError("INVALID_ARGUMENT", "The frame is not UTF-8");
  }
}
