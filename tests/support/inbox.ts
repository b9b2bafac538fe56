import { within } from "./within.ts";

/** What came and has not been looked at, in order; `next()` waits for more. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  put(item: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  }

  /** @throws {Error} when nothing comes in time. */
  next(what = "the next item"): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return within(what, new Promise((resolve) => this.#waiting.push(resolve)));
  }

  /** What is there without waiting. */
  get size(): number {
    return this.#items.length;
  }
}
