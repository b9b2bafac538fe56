const BLOCK = 512;
const NAME = { at: 0, bytes: 100 };
const SIZE = { at: 124, bytes: 12 };

/**
 * The bytes of one file of an unpacked tar archive.
 *
 * @throws {RangeError} when it is not in there, or cut short.
 */
export function extractFile(
  archive: Uint8Array<ArrayBuffer>,
  name: string,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK);
    const size = Number.parseInt(field(header, SIZE), 8) || 0;
    const start = at + BLOCK;
    if (field(header, NAME).replace(/^\.\//, "") === name) {
      if (start + size > archive.length) {
        throw new RangeError(
          `Cannot extract ${name}: the archive is cut short`,
        );
      }
      return archive.slice(start, start + size);
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new RangeError(`Cannot extract ${name}: the archive has no such file`);
}

function field(
  header: Uint8Array<ArrayBuffer>,
  { at, bytes }: { at: number; bytes: number },
): string {
  const text = new TextDecoder().decode(header.subarray(at, at + bytes));
  return text.split("\0", 1)[0] ?? "";
}
