/** One end that lives on a line, and feels when it is cut. */
export interface LineEnd {
  cut(): void;
  /** `cutMs`: for how long it was cut. */
  restored(cutMs: number): void;
}

/** What a plane of the connection runs over: whole, or cut. */
export class Line {
  readonly #now: () => number;
  readonly #ends = new Set<LineEnd>();
  #cutAt: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isCut(): boolean {
    return this.#cutAt !== undefined;
  }

  /** What it returns takes the end off the line. */
  attach(end: LineEnd): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  cut(): void {
    if (this.#cutAt !== undefined) return;
    this.#cutAt = this.#now();
    for (const end of [...this.#ends]) end.cut();
  }

  restore(): void {
    if (this.#cutAt === undefined) return;
    const cutMs = this.#now() - this.#cutAt;
    this.#cutAt = undefined;
    for (const end of [...this.#ends]) end.restored(cutMs);
  }
}
