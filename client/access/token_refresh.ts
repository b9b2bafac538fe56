import { sparingDelay } from "../../backoff.ts";
import { asHoldfastError, type HoldfastError } from "../errors.ts";
import type { Ports } from "../ports.ts";
import type { Signaling } from "../signaling/signaling.ts";
import type { TokenSource } from "./token_source.ts";

/** The service asks again, so that a round of attempts may end without one. */
const MAX_ATTEMPTS = 3;
const BACKOFF = { baseMs: 1_000, capMs: 4_000 };

export type TokenRefreshOptions = {
  readonly ports: Pick<Ports, "after" | "random">;
  readonly source: TokenSource;
  readonly signaling: Pick<Signaling, "ask" | "refreshed">;
  /** None of a round was taken; the room goes on. */
  readonly failed: (error: HoldfastError) => void;
};

type State =
  | { readonly type: "idle" | "refreshing" | "over" }
  /** For the next attempt. */
  | { readonly type: "waiting"; readonly callOff: () => void };

/** Shows the service another access token whenever it asks for one (RS8). */
export class TokenRefresh {
  readonly #options: TokenRefreshOptions;
  #state: State = { type: "idle" };

  constructor(options: TokenRefreshOptions) {
    this.#options = options;
  }

  /** The service has asked. */
  expiring(): void {
    const isIdle = this.#state.type === "idle";
    if (isIdle && this.#options.source.canRefresh) void this.#refresh(1);
  }

  close(): void {
    if (this.#state.type === "waiting") this.#state.callOff();
    this.#state = { type: "over" };
  }

  async #refresh(attempt: number): Promise<void> {
    const { source, signaling } = this.#options;
    this.#state = { type: "refreshing" };
    try {
      const token = await source.refresh();
      if (this.#isOver) return;
      await signaling.ask("refreshToken", { token });
      signaling.refreshed(token);
      this.#done();
    } catch (cause) {
      this.#tryAgain(attempt, asHoldfastError(cause, "tokenInvalid"));
    }
  }

  #tryAgain(attempt: number, error: HoldfastError): void {
    const { ports, failed } = this.#options;
    if (this.#isOver) return;
    if (attempt === MAX_ATTEMPTS) {
      this.#done();
      return failed(error);
    }
    const wait = sparingDelay(BACKOFF, attempt - 1, ports.random);
    const callOff = ports.after(
      Math.max(wait, error.retryAfterMs ?? 0),
      () => void this.#refresh(attempt + 1),
    );
    this.#state = { type: "waiting", callOff };
  }

  /** Maybe since a moment ago. */
  get #isOver(): boolean {
    return this.#state.type === "over";
  }

  #done(): void {
    if (!this.#isOver) this.#state = { type: "idle" };
  }
}
