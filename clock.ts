/**
 * Time, handed in, so that tests can own it.
 *
 * @module
 */

export interface Clock {
  /** Milliseconds since 1970; never goes back, whatever happens to the system's clock. */
  now(): number;
  /** Runs `run` once, after `ms`; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`. */
export function pause(clock: Clock, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(ms, resolve);
  return promise;
}
