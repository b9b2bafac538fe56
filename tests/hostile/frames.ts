/**
 * WebSocket frames as no library would write them.
 *
 * @module
 */

export const opcodes = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

export type FrameOptions = {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly final?: boolean;
  /** Reserved bits, 0 to 7. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the head says, whatever the payload is. */
  readonly length?: bigint;
};

export const bytesOf = (data: Uint8Array | string): Uint8Array =>
  typeof data === "string" ? new TextEncoder().encode(data) : data;

export function frame(options: FrameOptions): Uint8Array {
  const { opcode, final = true, reserved = 0, masked = true } = options;
  const payload = bytesOf(options.payload ?? "");
  const head = (final ? 0x80 : 0) | (reserved & 7) << 4 | opcode & 0xf;
  const length = options.length ?? BigInt(payload.length);
  const mask = masked ? [7, 0, 255, 1] : [];
  const body = masked
    ? payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))
    : payload;
  const size = lengthOf(length);
  size[0] = (size[0] ?? 0) | (masked ? 0x80 : 0);
  return new Uint8Array([head, ...size, ...mask, ...body]);
}

function lengthOf(length: bigint): number[] {
  if (length < 126n) return [Number(length)];
  const bytes = length < 65_536n ? 2 : 8;
  const shifts = Array.from({ length: bytes }, (_, index) => bytes - 1 - index);
  return [
    bytes === 2 ? 126 : 127,
    ...shifts.map((byte) => Number(length >> BigInt(8 * byte) & 0xffn)),
  ];
}

/** The code of the close frame in what a server has sent; undefined: there is none. */
export function closeCodeIn(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + 1 < bytes.length;) {
    const opcode = (bytes[at] ?? 0) & 0xf;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (at + head > bytes.length) return;
    const length = short < 126
      ? short
      : short === 126
      ? view.getUint16(at + 2)
      : Number(view.getBigUint64(at + 2));
    if (opcode === opcodes.close && length >= 2) {
      return view.getUint16(at + head);
    }
    at += head + length;
  }
}
