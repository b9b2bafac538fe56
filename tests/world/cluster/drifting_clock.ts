/**
 * The clock of one process: it is ahead of others or behind, runs a little too
 * fast or too slow, may jump ahead, and may stand still while its machine sleeps.
 */
import type { Clock } from "../../../clock.ts";
import type { Process, Timeline } from "../timeline.ts";

/** Of what cannot be told from the exact time. */
const EPSILON = 1e-6;

type Timer = {
  /** As it shows it. */
  readonly due: number;
  readonly run: () => void;
  cancel: () => void;
};

export class DriftingClock implements Clock {
  readonly #timeline: Timeline;
  readonly #process: Process;
  /** What it showed at `since`, from where it runs at `rate`. */
  #shown: number;
  #since: number;
  #rate: number;
  readonly #timers = new Set<Timer>();
  #isDead = false;

  constructor(
    timeline: Timeline,
    process: Process,
    { offset, rate }: { offset: number; rate: number },
  ) {
    this.#timeline = timeline;
    this.#process = process;
    this.#since = timeline.now;
    this.#shown = timeline.now + offset;
    this.#rate = rate;
  }

  now(): number {
    return this.at(this.#timeline.now);
  }

  /** What it shows at a time that is not before its last change. */
  at(time: number): number {
    return this.#shown + Math.max(0, time - this.#since) * this.#rate;
  }

  after(ms: number, run: () => void): () => void {
    return this.#at(this.now() + ms, run);
  }

  /** It shows another time at once. */
  jump(ms: number): void {
    this.#change(() => this.#shown += ms);
  }

  /** It stands still until then. */
  stopUntil(time: number): void {
    this.#change(() => this.#since = Math.max(this.#since, time));
  }

  drift(rate: number): void {
    this.#change(() => this.#rate = rate);
  }

  /** With its process, of which nothing happens any more. */
  die(): void {
    for (const { cancel } of this.#timers) cancel();
    this.#timers.clear();
    this.#isDead = true;
  }

  #change(change: () => void): void {
    this.#shown = this.now();
    this.#since = Math.max(this.#since, this.#timeline.now);
    change();
    for (const timer of this.#timers) {
      timer.cancel();
      this.#wait(timer);
    }
  }

  #at(due: number, run: () => void): () => void {
    if (this.#isDead) return () => {};
    const timer: Timer = { due, run, cancel() {} };
    this.#timers.add(timer);
    this.#wait(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  #wait(timer: Timer): void {
    const timeline = this.#timeline;
    const start = Math.max(timeline.now, this.#since);
    const left = Math.max(0, timer.due - this.at(start)) / this.#rate;
    const time = start + Math.ceil(left - EPSILON);
    timer.cancel = timeline.at(time, () => {
      this.#timers.delete(timer);
      timer.run();
      timeline.settles();
    }, this.#process);
  }
}
