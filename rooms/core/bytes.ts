/** @module */

const encoder = new TextEncoder();

/** Of the text in UTF-8. */
export const byteLength = (text: string): number => encoder.encode(text).length;

/** Whether a JSON value takes at most `maxBytes` when it is written out. */
export function jsonFits(value: unknown, maxBytes: number): boolean {
  const text = JSON.stringify(value) ?? "";
  if (text.length > maxBytes) return false;
  // A UTF-16 unit takes three bytes of UTF-8 at most, so most need no counting.
  return text.length * 3 <= maxBytes || byteLength(text) <= maxBytes;
}
