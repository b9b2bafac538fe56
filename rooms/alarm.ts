import type { Clock } from "../clock.ts";

/** The most that timers can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One timer, for the earliest that it was set to. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly at: number; readonly cancel: () => void } | undefined;

  /** `ring` may come too early, and is not called for times that were put off. */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** One that is too early is left alone: when it rings, it is set again. */
  set(at: number): void {
    if (at === Infinity || (this.#set && this.#set.at <= at)) return;
    this.cancel();
    const wait = Math.max(0, Math.ceil(at - this.#clock.now()));
    const cancel = this.#clock.after(Math.min(wait, LONGEST_TIMER_MS), () => {
      this.#set = undefined;
      this.#ring();
    });
    this.#set = { at, cancel };
  }

  cancel(): void {
    this.#set?.cancel();
    this.#set = undefined;
  }
}
