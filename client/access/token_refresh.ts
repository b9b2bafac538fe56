import { asHoldfastError, type HoldfastError } from "../errors.ts";
import type { Ports } from "../ports.ts";
import type { Signaling } from "../signaling/signaling.ts";
import type { TokenSource } from "./token_source.ts";

/** The service asks again, so that a round of attempts may end without one. */
const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 1_000;

export type TokenRefreshOptions = {
  readonly ports: Pick<Ports, "after" | "random">;
  readonly source: TokenSource;
  readonly signaling: Pick<Signaling, "ask" | "refreshed">;
  /** None of a round was taken; the room goes on. */
  readonly failed: (error: HoldfastError) => void;
};

/** Shows the service another access token whenever it asks for one (RS8). */
export class TokenRefresh {
  readonly #options: TokenRefreshOptions;
  #state: "idle" | "busy" | "over" = "idle";

  constructor(options: TokenRefreshOptions) {
    this.#options = options;
  }

  /** The service has asked. */
  expiring(): void {
    if (this.#state !== "idle" || !this.#options.source.canRefresh) return;
    this.#state = "busy";
    void this.#refresh(1);
  }

  close(): void {
    this.#state = "over";
  }

  async #refresh(attempt: number): Promise<void> {
    const { source, signaling } = this.#options;
    try {
      const token = await source.refresh();
      if (this.#state === "over") return;
      await signaling.ask("refreshToken", { token });
      signaling.refreshed(token);
      this.#done();
    } catch (cause) {
      this.#tryAgain(attempt, asHoldfastError(cause, "tokenInvalid"));
    }
  }

  #tryAgain(attempt: number, error: HoldfastError): void {
    const { ports, failed } = this.#options;
    if (this.#state === "over") return;
    if (attempt === MAX_ATTEMPTS) {
      this.#done();
      return failed(error);
    }
    const limit = FIRST_BACKOFF_MS * 2 ** (attempt - 1);
    const wait = limit / 2 + ports.random() * limit / 2;
    ports.after(Math.max(wait, error.retryAfterMs ?? 0), () => {
      if (this.#state !== "over") void this.#refresh(attempt + 1);
    });
  }

  #done(): void {
    if (this.#state === "busy") this.#state = "idle";
  }
}
