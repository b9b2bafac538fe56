/** The one clock of a world, and all that is going to happen in it. */

/** Something that may be asleep; what happens to it meanwhile waits, in order. */
export class Process {
  readonly name: string;
  #asleepUntil = -Infinity;

  constructor(name: string) {
    this.name = name;
  }

  get asleepUntil(): number {
    return this.#asleepUntil;
  }

  /** Whoever sleeps already does not wake up sooner for it. */
  sleepUntil(time: number): void {
    this.#asleepUntil = Math.max(this.#asleepUntil, time);
  }
}

type Entry = {
  at: number;
  /** Of what happens at the same time, the first that was planned. */
  readonly order: number;
  readonly process: Process | undefined;
  /** Undefined: called off. */
  run: (() => void) | undefined;
};

/** So many promises may wait for one another. */
const TURNS = 12;
const MAX_STEPS_AT_ONCE = 20_000;

export class Timeline {
  /** Whole milliseconds. */
  now: number;
  /** How much has happened. */
  steps = 0;
  readonly #heap: Entry[] = [];
  #count = 0;
  #stepsNow = 0;
  #hasPromises = false;

  constructor(now: number) {
    this.now = now;
  }

  /** The returned function calls it off. */
  at(time: number, run: () => void, process?: Process): () => void {
    const at = Math.max(this.now, time);
    const entry: Entry = { at, order: this.#count++, process, run };
    this.#push(entry);
    return () => entry.run = undefined;
  }

  after(ms: number, run: () => void, process?: Process): () => void {
    return this.at(this.now + ms, run, process);
  }

  /** To be told by what settles a promise: whoever waits for it comes next. */
  settles(): void {
    this.#hasPromises = true;
  }

  /** Lets everything happen that is due by then, or until it has gone wrong. */
  async runUntil(time: number, hasFailed: () => boolean): Promise<void> {
    for (let entry; !hasFailed() && (entry = this.#pop(time));) {
      const { run, process } = entry;
      if (run === undefined) continue;
      if (process !== undefined && process.asleepUntil > entry.at) {
        entry.at = process.asleepUntil;
        this.#push(entry);
        continue;
      }
      this.#stepTo(entry.at);
      run();
      if (this.#hasPromises) await this.#turn();
    }
    if (!hasFailed()) this.now = Math.max(this.now, time);
  }

  async #turn(): Promise<void> {
    this.#hasPromises = false;
    for (let turn = 0; turn < TURNS; turn++) await null;
  }

  #stepTo(at: number): void {
    this.#stepsNow = at === this.now ? this.#stepsNow + 1 : 0;
    if (this.#stepsNow > MAX_STEPS_AT_ONCE) {
      throw new Error("time stands still");
    }
    this.now = at;
    this.steps++;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(time: number): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > time) return undefined;
    const last = heap.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    while (true) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const isRight = left && right && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, entry)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = entry;
  }
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);
