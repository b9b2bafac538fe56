/**
 * The deliveries that were given up last.
 *
 * @module
 */
import type { DeadLetter } from "./delivery.ts";

export class DeadLetters {
  readonly #capacity: number;
  readonly #onGone: (letter: DeadLetter) => void;
  /** Oldest first. */
  readonly #letters = new Map<number, DeadLetter>();

  /** `onGone` hears of each that leaves. */
  constructor(capacity: number, onGone: (letter: DeadLetter) => void) {
    this.#capacity = capacity;
    this.#onGone = onGone;
  }

  add(letter: DeadLetter): void {
    this.#letters.set(letter.number, letter);
    const [oldest] = this.#letters.keys();
    if (this.#letters.size > this.#capacity && oldest !== undefined) {
      this.remove(oldest);
    }
  }

  get(number: number): DeadLetter | undefined {
    return this.#letters.get(number);
  }

  list(): readonly DeadLetter[] {
    return [...this.#letters.values()];
  }

  remove(number: number): void {
    const letter = this.#letters.get(number);
    if (letter === undefined) return;
    this.#letters.delete(number);
    this.#onGone(letter);
  }
}
