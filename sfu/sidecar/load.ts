type Sample = { readonly cpuMs: number; readonly atMs: number };

const WINDOW = 4;

/** Of one core, 0 to 1, over the last few samples of CPU time. */
export class LoadMeter {
  readonly #samples: Sample[] = [];

  /** `cpuMs`: used since the start; `atMs`: on a clock that never goes back. */
  add(cpuMs: number, atMs: number): void {
    this.#samples.push({ cpuMs, atMs });
    if (this.#samples.length > WINDOW) this.#samples.shift();
  }

  get value(): number {
    const first = this.#samples.at(0);
    const last = this.#samples.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return 0;
    const load = (last.cpuMs - first.cpuMs) / (last.atMs - first.atMs);
    return Math.min(1, Math.max(0, load));
  }
}
