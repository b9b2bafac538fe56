/** Whole seconds until a time, counted as people count down: 3, 2, 1, 0. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1_000));
}

/** Milliseconds until the count changes; undefined at its end. */
export function nextSecond(until: number, now: number): number | undefined {
  const left = until - now;
  return left <= 0 ? undefined : left % 1_000 || 1_000;
}
