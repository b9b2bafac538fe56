/** Milliseconds from one request to restart ICE to the next. */
const INTERVAL_MS = 2_000;

/** When ICE may be restarted: one request at a time, for all transports. */
export class Restarts {
  #state:
    | { readonly type: "idle"; readonly notBefore: number }
    | { readonly type: "asked"; readonly at: number } = {
      type: "idle",
      notBefore: 0,
    };

  /** `Infinity` while one is under way. */
  get notBefore(): number {
    return this.#state.type === "idle" ? this.#state.notBefore : Infinity;
  }

  asked(now: number): void {
    this.#state = { type: "asked", at: now };
  }

  answered(now: number, retryAfterMs = 0): void {
    if (this.#state.type !== "asked") return;
    const { at } = this.#state;
    const notBefore = Math.max(at + INTERVAL_MS, now + retryAfterMs);
    this.#state = { type: "idle", notBefore };
  }

  /** Another outage has its own. */
  startOver(): void {
    if (this.#state.type === "idle") {
      this.#state = { type: "idle", notBefore: 0 };
    }
  }
}
