/**
 * Who knows the secret.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../clock.ts";

/** Wrong guesses of one address that may wait for their answer at a time. */
const MAX_WAITING = 8;

/**
 * A wrong secret is answered after a while, and an address with many such
 * answers outstanding is refused unheard: so guessing stays slow however many
 * connections it uses, while one misconfigured neighbour shuts nobody out.
 */
export class Gate {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #waiting = new Map<string, number>();
  readonly #timers = new Set<() => void>();

  constructor(secret: string, clock: Clock, delayMs: number) {
    this.#secret = digest(secret);
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** Runs one of the two: `welcome` at once, `refuse` now or later. */
  check(
    address: string,
    secret: string,
    welcome: () => void,
    refuse: () => void,
  ): void {
    const waiting = this.#waiting.get(address) ?? 0;
    if (waiting >= MAX_WAITING) return refuse();
    if (timingSafeEqual(digest(secret), this.#secret)) return welcome();
    this.#waiting.set(address, waiting + 1);
    const cancel = this.#clock.after(this.#delayMs, () => {
      this.#timers.delete(cancel);
      this.#release(address);
      refuse();
    });
    this.#timers.add(cancel);
  }

  /** Nobody who waits is answered any more. */
  close(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#waiting.clear();
  }

  #release(address: string): void {
    const left = (this.#waiting.get(address) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(address);
    else this.#waiting.set(address, left);
  }
}

/** Of one length for every secret, as the comparison needs it. */
function digest(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}
