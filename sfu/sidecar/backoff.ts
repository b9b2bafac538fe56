/** Milliseconds to wait before the given attempt, counted from 0: the first at once, then full jitter. */
export function backoff(
  attempt: number,
  random: () => number = Math.random,
): number {
  if (attempt === 0) return 0;
  const ceiling = Math.min(MAX_MS, BASE_MS * 2 ** (attempt - 1));
  return Math.round(random() * ceiling);
}

const BASE_MS = 250;
const MAX_MS = 10_000;
