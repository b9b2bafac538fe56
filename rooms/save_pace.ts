/**
 * How much of its time a process spends on keeping its rooms. The more of them
 * change all the time, the less often each is kept, as far as nobody waits for
 * it: a thousand rooms that talk would else leave little time for talking.
 *
 * @module
 */

/** Milliseconds over which the time that is spent is counted. */
const WINDOW_MS = 200;
/** Of the time, for what nobody waits for and what somebody does. */
const SHARE = 0.05;
/** Times as long as at rest; what a crash takes back grows with it. */
const MAX_STRETCH = 8;

export class SavePace {
  #stretch = 1;
  #since = 0;
  #spentMs = 0;

  /** `tookMs`: one more room was kept just now. */
  spend(now: number, tookMs: number): void {
    this.#spentMs += tookMs;
    const elapsedMs = now - this.#since;
    if (elapsedMs < WINDOW_MS) return;
    const share = this.#spentMs / elapsedMs;
    const wanted = this.#stretch * share / SHARE;
    this.#stretch = Math.min(MAX_STRETCH, Math.max(1, wanted));
    this.#since = now;
    this.#spentMs = 0;
  }

  /** By how much the time between two of a room is to be stretched. */
  get stretch(): number {
    return this.#stretch;
  }
}
