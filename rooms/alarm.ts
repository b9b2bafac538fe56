import type { Clock } from "../clock.ts";

/** The most that timers can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type AlarmOptions = {
  readonly clock: Clock;
  /** Milliseconds of the clock; `Infinity`: never. */
  readonly deadline: () => number;
  readonly ring: () => void;
};

/** One timer, for a deadline that moves. */
export class Alarm {
  readonly #options: AlarmOptions;
  #set: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: AlarmOptions) {
    this.#options = options;
  }

  /**
   * The deadline may be another one. A timer that is too early is left alone: it
   * is set again when its time is over.
   */
  update(): void {
    const { clock, deadline } = this.#options;
    const at = deadline();
    if (at === Infinity || (this.#set && this.#set.at <= at)) return;
    this.cancel();
    const wait = Math.max(0, Math.ceil(at - clock.now()));
    const cancel = clock.after(Math.min(wait, LONGEST_TIMER_MS), () => {
      this.#set = undefined;
      if (clock.now() < deadline()) this.update();
      else this.#options.ring();
    });
    this.#set = { at, cancel };
  }

  cancel(): void {
    this.#set?.cancel();
    this.#set = undefined;
  }
}
