/** Milliseconds by which clocks drift apart before one of them must have slept. */
const SLEEP_MS = 1_000;

/**
 * A clock that never runs backwards, and goes on while the machine sleeps, when
 * `performance.now` stands still in some browsers: who was asleep for a minute
 * has heard nothing for a minute.
 */
export function clockThatCountsSleep(
  monotonic: () => number,
  wallClock: () => number,
): () => number {
  let lastMonotonic = monotonic();
  let lastWall = wallClock();
  let slept = 0;
  return () => {
    const now = monotonic();
    const wall = wallClock();
    const asleep = (wall - lastWall) - (now - lastMonotonic);
    if (asleep > SLEEP_MS) slept += asleep;
    lastMonotonic = now;
    lastWall = wall;
    return now + slept;
  };
}
