import type { Ports } from "./ports.ts";

/** Without clocks: what happens goes in with the time, what is to be done comes out. */
export interface PureCore<Event, Effect> {
  /** When the next `tick` is due; `Infinity` when nothing waits. */
  readonly deadline: number;
  handle(event: Event | { readonly type: "tick" }, now: number): Effect[];
}

/** Runs a pure core on a clock and a timer. */
export class Shell<Event, Effect> {
  readonly #ports: Pick<Ports, "now" | "after">;
  readonly #core: PureCore<Event, Effect>;
  readonly #perform: (effect: Effect) => void;
  /** Effects wait here while others are done: they may lead to more. */
  readonly #effects: Effect[] = [];
  #isBusy = false;
  #timer: { readonly at: number; readonly callOff: () => void } | undefined;

  constructor(
    ports: Pick<Ports, "now" | "after">,
    core: PureCore<Event, Effect>,
    perform: (effect: Effect) => void,
  ) {
    this.#ports = ports;
    this.#core = core;
    this.#perform = perform;
  }

  handle(event: Event | { readonly type: "tick" }): void {
    this.#effects.push(...this.#core.handle(event, this.#ports.now()));
    if (!this.#isBusy) this.#performAll();
    this.#setTimer();
  }

  #performAll(): void {
    this.#isBusy = true;
    try {
      for (let next; (next = this.#effects.shift());) this.#perform(next);
    } finally {
      this.#isBusy = false;
    }
  }

  /** A timer that rings early is left to ring: a tick too many does no harm. */
  #setTimer(): void {
    const { deadline } = this.#core;
    if (this.#timer !== undefined) {
      if (this.#timer.at <= deadline && deadline !== Infinity) return;
      this.#timer.callOff();
      this.#timer = undefined;
    }
    if (deadline === Infinity) return;
    const wait = Math.max(0, deadline - this.#ports.now());
    const callOff = this.#ports.after(wait, () => {
      this.#timer = undefined;
      this.handle({ type: "tick" });
    });
    this.#timer = { at: deadline, callOff };
  }
}
