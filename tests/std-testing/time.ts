/**
 * Fake time over `@sinonjs/fake-timers`, with the names and the signatures of
 * `jsr:@std/testing/time`.
 */
import { install } from "@sinonjs/fake-timers";

/** An error related to faking time. */
export class TimeError extends Error {
  override name = "TimeError";
}

export interface FakeTimeOptions {
  /** Milliseconds of fake time for each real one; 0: only when told to. */
  advanceRate: number;
  /** Real milliseconds between two advances [10]. */
  advanceFrequency?: number;
}

export interface DelayOptions {
  signal?: AbortSignal;
}

interface Globals {
  Date: typeof globalThis.Date;
  setTimeout: typeof globalThis.setTimeout;
  clearTimeout: typeof globalThis.clearTimeout;
  setInterval: typeof globalThis.setInterval;
  clearInterval: typeof globalThis.clearInterval;
}

function currentGlobals(): Globals {
  const { Date, setTimeout, clearTimeout, setInterval, clearInterval } =
    globalThis;
  return { Date, setTimeout, clearTimeout, setInterval, clearInterval };
}

const real = currentGlobals();
const realAbortTimeout = AbortSignal.timeout;
let active: FakeTime | undefined;

function requireActive(): FakeTime {
  if (!active) throw new TimeError("Cannot use fake time: it is not active");
  return active;
}

function fakeAbortTimeout(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(new DOMException("Signal timed out.", "TimeoutError"));
  }, ms);
  return controller.signal;
}

/**
 * Replaces `Date`, the timer functions and `AbortSignal.timeout` until it is
 * restored. Time stands still unless it is told to move.
 */
export class FakeTime {
  readonly #clock;
  readonly #start: number;
  readonly #fake: Globals;
  readonly #advancing: ReturnType<typeof setInterval> | undefined;

  constructor(
    start?: number | string | Date | null,
    options?: FakeTimeOptions,
  ) {
    if (active) throw new TimeError("Cannot construct FakeTime: time is faked");
    const now = new real.Date(start ?? real.Date.now()).valueOf();
    if (Number.isNaN(now)) {
      throw new TimeError(`Cannot start at "${start}": not a time`);
    }
    this.#start = now;
    this.#clock = install({
      now,
      toFake: [
        "Date",
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
      ],
    });
    AbortSignal.timeout = fakeAbortTimeout;
    this.#fake = currentGlobals();
    active = this;
    const { advanceRate = 0, advanceFrequency = 10 } = options ?? {};
    if (advanceRate > 0) {
      this.#advancing = real.setInterval(
        () => this.tick(advanceRate * advanceFrequency),
        advanceFrequency,
      );
    }
  }

  /** Restores real time. */
  static restore(): void {
    requireActive().restore();
  }

  /** Restores real time until the callback is done. */
  static async restoreFor<T, A extends unknown[]>(
    callback: (...args: A) => Promise<T> | T,
    ...args: A
  ): Promise<T> {
    const time = requireActive();
    Object.assign(globalThis, real);
    AbortSignal.timeout = realAbortTimeout;
    try {
      return await callback(...args);
    } finally {
      Object.assign(globalThis, time.#fake);
      AbortSignal.timeout = fakeAbortTimeout;
    }
  }

  /** Fake milliseconds since 1970. Setting it runs the timers due until then. */
  get now(): number {
    return this.#clock.now;
  }
  set now(value: number) {
    if (value < this.now) {
      throw new RangeError(
        `Cannot set time in the past: time must be >= ${this.now}: received ${value}`,
      );
    }
    this.#clock.tick(value - this.now);
  }

  /** Fake milliseconds since 1970 when it was constructed. */
  get start(): number {
    return this.#start;
  }

  /** Resolves after real milliseconds. */
  delay(ms: number, options: DelayOptions = {}): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        real.clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = real.setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Runs all pending microtasks. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves time, and runs the timers that become due. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Runs all pending microtasks, then moves time. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.now += ms;
  }

  /** Moves time to the next timer. False when there is none. */
  next(): boolean {
    if (this.#clock.countTimers() === 0) return false;
    this.#clock.next();
    return true;
  }

  /** Runs all pending microtasks, then moves time to the next timer. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves time until no timer is left; never ends with a live interval. */
  runAll(): void {
    while (this.next());
  }

  /** As `runAll`, with all pending microtasks run before each timer. */
  async runAllAsync(): Promise<void> {
    while (await this.nextAsync());
  }

  /** Restores real time. */
  restore(): void {
    if (active !== this) throw new TimeError("Cannot restore time twice");
    active = undefined;
    this.#clock.uninstall();
    AbortSignal.timeout = realAbortTimeout;
    if (this.#advancing !== undefined) real.clearInterval(this.#advancing);
  }

  [Symbol.dispose](): void {
    this.restore();
  }
}
