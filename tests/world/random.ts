/**
 * Chance that is the same again for the same seed. A stream of its own for each
 * thing keeps the rest as it was when one of them is left out.
 */
export class Random {
  #state: number;

  constructor(seed: number | string) {
    this.#state = hash(String(seed));
  }

  /** From 0 to just below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Of a list that is not empty. */
  pick<T>(from: readonly T[]): T {
    const one = from[this.int(0, from.length - 1)];
    if (one === undefined) throw new Error("Cannot pick from nothing");
    return one;
  }

  /** Mostly short, at times long: a whole number around `mean`, at most `max`. */
  wait(mean: number, max: number = mean * 8): number {
    return Math.min(max, Math.round(-Math.log(1 - this.next()) * mean));
  }

  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries<number>(weights);
    let rest = this.next() * entries.reduce((sum, [, one]) => sum + one, 0);
    for (const [key, weight] of entries) {
      if ((rest -= weight) < 0) return key as K;
    }
    throw new Error("Cannot pick as no weight is above 0");
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  }
  return sum;
}
