/**
 * Answers that may be asked for again.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";

export type AnswerLimits = {
  readonly count: number;
  /** Characters of JSON. */
  readonly size: number;
  readonly keptMs: number;
};

type Answer = { readonly body: string; readonly until: number };

/** Keeps the newest, up to the limits. */
export class Answers {
  readonly #limits: AnswerLimits;
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #byKey = new Map<string, Answer>();
  #size = 0;

  constructor(limits: AnswerLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get(key: string): string | undefined {
    const answer = this.#byKey.get(key);
    if (answer === undefined || answer.until <= this.#clock.now()) {
      return undefined;
    }
    return answer.body;
  }

  put(key: string, body: string): void {
    const now = this.#clock.now();
    this.#delete(key);
    this.#byKey.set(key, { body, until: now + this.#limits.keptMs });
    this.#size += body.length;
    for (const [oldest, { until }] of this.#byKey) {
      if (until > now && !this.#isOver()) return;
      this.#delete(oldest);
    }
  }

  #isOver(): boolean {
    return this.#byKey.size > this.#limits.count ||
      this.#size > this.#limits.size;
  }

  #delete(key: string): void {
    const answer = this.#byKey.get(key);
    if (answer === undefined) return;
    this.#byKey.delete(key);
    this.#size -= answer.body.length;
  }
}
