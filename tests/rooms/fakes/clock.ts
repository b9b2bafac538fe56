import type { Clock } from "../../../clock.ts";

type Timer = { readonly at: number; readonly run: () => void };

/** Time that moves only when it is told to. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Runs what becomes due, each at its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#due(end); due; due = this.#due(end)) {
      this.#now = Math.max(this.#now, due.at);
      this.#timers.delete(due);
      due.run();
    }
    this.#now = end;
  }

  #due(end: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ at }) => at <= end)
      .sort((a, b) => a.at - b.at)[0];
  }
}
