/**
 * A core that does nothing once its lease is over, not even where the process
 * was asleep and no timer has run yet.
 *
 * @module
 */
import type { Core } from "../../core/core.ts";
import type { Effect } from "../../core/effect.ts";
import type { Input } from "../../core/input.ts";

export class GuardedCore implements Core {
  readonly #core: Core;
  readonly #isHeld: () => boolean;

  constructor(core: Core, isHeld: () => boolean) {
    this.#core = core;
    this.#isHeld = isHeld;
  }

  get deadline(): number {
    return this.#isHeld() ? this.#core.deadline : Infinity;
  }

  handle(input: Input, now: number): Effect[] {
    return this.#isHeld() ? this.#core.handle(input, now) : [];
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#core.snapshot();
  }
}
