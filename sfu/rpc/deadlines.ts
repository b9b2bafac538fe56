/**
 * One timer for many deadlines.
 *
 * @module
 */
import type { Clock } from "../../clock.ts";

/**
 * Calls back for each item whose time has come. Items come and go far more
 * often than they expire, so a timer that fires too early and looks again is
 * cheaper than a timer each, and nothing has to be told when an item goes.
 */
export class Deadlines<T extends { readonly deadline: number }> {
  readonly #clock: Clock;
  readonly #items: () => Iterable<T>;
  readonly #expired: (item: T) => void;
  #armedFor = Infinity;
  #disarm: (() => void) | undefined;

  /** `items` gives all that are there; `expired` is to take its item out. */
  constructor(
    clock: Clock,
    items: () => Iterable<T>,
    expired: (item: T) => void,
  ) {
    this.#clock = clock;
    this.#items = items;
    this.#expired = expired;
  }

  /** An item with this deadline has come. */
  watch(deadline: number): void {
    if (deadline >= this.#armedFor) return;
    this.stop();
    this.#armedFor = deadline;
    const ms = Math.max(0, deadline - this.#clock.now());
    this.#disarm = this.#clock.after(ms, () => this.#look());
  }

  stop(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Infinity;
  }

  #look(): void {
    this.stop();
    const now = this.#clock.now();
    const due: T[] = [];
    let next = Infinity;
    for (const item of this.#items()) {
      if (item.deadline <= now) due.push(item);
      else if (item.deadline < next) next = item.deadline;
    }
    if (next < Infinity) this.watch(next);
    for (const item of due) this.#expired(item);
  }
}
