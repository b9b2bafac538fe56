/** The end of a grace, by the clock of the service, and by that of this browser. */
export type GraceEnd = { readonly service: number; readonly here: number };

/**
 * Puts the end of a grace on the clock of this browser, which may differ from
 * the service's by hours.
 */
export class GraceClock {
  readonly #wallClock: () => number;
  /** As the policy says. */
  evictAfterMs: number;
  /** This clock minus the service's, as far as it is known. */
  #offset: number | undefined;

  constructor(wallClock: () => number, evictAfterMs: number) {
    this.#wallClock = wallClock;
    this.evictAfterMs = evictAfterMs;
  }

  /** As an event says it, which may come late. */
  told(graceUntil: number, graceMs: number): GraceEnd {
    const offset = this.#wallClock() + graceMs - graceUntil;
    const known = this.#offset ?? offset;
    // The least delayed event knows best, unless one of the clocks was set.
    const wasSet = Math.abs(offset - known) > this.evictAfterMs;
    this.#offset = wasSet ? offset : Math.min(offset, known);
    return this.end(graceUntil);
  }

  end(graceUntil: number): GraceEnd {
    const latest = this.#wallClock() + this.evictAfterMs;
    const here = Math.min(graceUntil + (this.#offset ?? 0), latest);
    return { service: graceUntil, here };
  }

  left(graceUntil: number): number {
    return Math.max(0, this.end(graceUntil).here - this.#wallClock());
  }
}
