/**
 * One timer for many deadlines.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/**
 * Calls back for each item whose time has come. Items come and go far more
 * often than they expire, so a timer that fires too early and looks again is
 * cheaper than a timer each.
 */
export class Deadlines<T extends { readonly deadline: number }> {
  readonly #clock: Clock;
  readonly #expired: (item: T) => void;
  readonly #items = new Set<T>();
  #armedFor = Infinity;
  #disarm: (() => void) | undefined;

  constructor(clock: Clock, expired: (item: T) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  get size(): number {
    return this.#items.size;
  }

  add(item: T): void {
    this.#items.add(item);
    if (item.deadline < this.#armedFor) this.#arm(item.deadline);
  }

  /** Whether it was there. */
  delete(item: T): boolean {
    return this.#items.delete(item);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items[Symbol.iterator]();
  }

  clear(): void {
    this.#items.clear();
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Infinity;
  }

  #arm(deadline: number): void {
    this.#disarm?.();
    this.#armedFor = deadline;
    const ms = Math.max(0, deadline - this.#clock.now());
    this.#disarm = this.#clock.after(ms, () => this.#fire());
  }

  #fire(): void {
    this.#disarm = undefined;
    this.#armedFor = Infinity;
    const now = this.#clock.now();
    const due: T[] = [];
    let next = Infinity;
    for (const item of this.#items) {
      if (item.deadline <= now) due.push(item);
      else if (item.deadline < next) next = item.deadline;
    }
    if (next < this.#armedFor) this.#arm(next);
    for (const item of due) {
      if (this.#items.delete(item)) this.#expired(item);
    }
  }
}
