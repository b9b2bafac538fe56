/** @module */
import { overflow, type Pace, pour } from "../core/pace.ts";

/** Of how many it is known how fast they were; an IPv6 network has more. */
const MAX_KEYS = 10_000;

/** How fast each of many does something. Who was quiet the longest is forgotten. */
export class Meters {
  readonly #pace: Pace;
  readonly #maxKeys: number;
  /** When each bucket is empty; the one that was poured into last is the last. */
  readonly #emptyAt = new Map<string, number>();

  constructor(pace: Pace, maxKeys: number = MAX_KEYS) {
    this.#pace = pace;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#emptyAt.size;
  }

  /** Counts one more, if it may be; else milliseconds until it may. */
  take(key: string, now: number): number {
    const waitMs = this.waitFor(key, now);
    if (waitMs === 0) this.#set(key, this.#withOneMore(key, now));
    return waitMs;
  }

  /** Milliseconds until one more may be; 0: now. */
  waitFor(key: string, now: number): number {
    return overflow(this.#withOneMore(key, now), this.#pace, now);
  }

  #withOneMore(key: string, now: number): number {
    return pour(this.#emptyAt.get(key) ?? now, 1, this.#pace, now);
  }

  #set(key: string, emptyAt: number): void {
    this.#emptyAt.delete(key);
    this.#emptyAt.set(key, emptyAt);
    const [quietest] = this.#emptyAt.keys();
    if (this.#emptyAt.size > this.#maxKeys && quietest !== undefined) {
      this.#emptyAt.delete(quietest);
    }
  }
}
