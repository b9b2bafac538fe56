/**
 * What JSON may hold before it is passed on to programs that others wrote.
 *
 * @module
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Looks at the text alone, so that nothing deep is ever built. */
export function nestsDeeperThan(text: string, depth: number): boolean {
  let level = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isString) {
      if (unit === BACKSLASH) at++;
      else if (unit === QUOTE) isString = false;
    } else if (unit === QUOTE) isString = true;
    else if (unit === 0x5b || unit === 0x7b) {
      if (++level > depth) return true;
    } else if (unit === 0x5d || unit === 0x7d) level--;
  }
  return false;
}

/** Only these can write what `isSafe` refuses. */
const SUSPICIOUS = /\\u|__proto__/;

/** Whether `value`, read from `text`, is such that every program can take it. */
export const isSafeIn = (text: string, value: unknown): boolean =>
  !SUSPICIOUS.test(text) || isSafe(value);

/** Why `isSafe` refuses. */
export const UNSAFE = "half a surrogate pair, or a key __proto__";

/**
 * False for half a surrogate pair, on which many parsers give up, and for a key
 * that could become somebody's prototype.
 */
export function isSafe(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) =>
    key !== "__proto__" && key.isWellFormed() && isSafe(inner)
  );
}

/** A value that is no array and no object has no depth. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, depth - 1));
}
