import type { Token } from "../api/options.ts";
import { errorOf } from "../errors.ts";
import type { Ports } from "../ports.ts";

/** Milliseconds that the app has to get another token. */
const REFRESH_TIMEOUT_MS = 10_000;

/** Where access tokens come from: the first is the app's own, later ones it is asked for. */
export class TokenSource {
  readonly #ports: Pick<Ports, "after">;
  readonly #first: () => Promise<string>;
  readonly #later: (() => Promise<string>) | undefined;
  #isFirst = true;

  constructor(
    ports: Pick<Ports, "after">,
    token: Token,
    refreshToken: (() => Promise<string>) | undefined,
  ) {
    this.#ports = ports;
    this.#first = typeof token === "string"
      ? () => Promise.resolve(token)
      : token;
    this.#later = refreshToken ??
      (typeof token === "string" ? undefined : token);
  }

  /** Whether there may be others than the first. */
  get canRefresh(): boolean {
    return this.#later !== undefined;
  }

  /** For a join, or a resume that wants another one. */
  async next(): Promise<string> {
    if (!this.#isFirst) return await this.refresh();
    this.#isFirst = false;
    return await this.#first();
  }

  /** @throws {HoldfastError} 53007 when the app takes too long; what it throws. */
  async refresh(): Promise<string> {
    const { promise, reject } = Promise.withResolvers<never>();
    const callOff = this.#ports.after(REFRESH_TIMEOUT_MS, () => {
      reject(errorOf("requestTimeout", "the app gave no access token"));
    });
    try {
      const token = (this.#later ?? this.#first)();
      return await Promise.race([token, promise]);
    } finally {
      callOff();
    }
  }
}
