/** Time that moves when it is told to. */
export class Clock {
  #now = 1_000;
  #lastTimer = 0;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  readonly now = (): number => this.#now;

  readonly after = (ms: number, callback: () => void): () => void => {
    const timer = ++this.#lastTimer;
    this.#timers.set(timer, { at: this.#now + ms, callback });
    return () => this.#timers.delete(timer);
  };

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time, and runs what becomes due in the order of its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next; (next = this.#nextBefore(end));) {
      const [timer, { at, callback }] = next;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      callback();
    }
    this.#now = end;
  }

  #nextBefore(end: number) {
    return [...this.#timers]
      .filter(([, { at }]) => at <= end)
      .sort(([, a], [, b]) => a.at - b.at)[0];
  }
}
