import { createLocalJWKSet, errors, type JWSHeaderParameters } from "jose";
import { sparingDelay } from "../backoff.ts";
import type { Log } from "../log.ts";
import { fetchKeys } from "./fetch_keys.ts";
import { KeyNotFound, KeysUnavailable } from "./refusal.ts";

export type RemoteKeysOptions = {
  /** Of the JWKS. */
  readonly url: URL;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Milliseconds for an answer with all keys [5 000]. */
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 5_000;
/** Milliseconds after which keys are fetched anew, and used meanwhile. */
const MAX_AGE_MS = 600_000;
/** Milliseconds for which a key that was not there is not asked for again. */
const COOLDOWN_MS = 30_000;
const BACKOFF = { baseMs: 1_000, capMs: 30_000 };

type Find = ReturnType<typeof createLocalJWKSet>;
type PublicKey = Awaited<ReturnType<Find>>;
type FoundKeys = { readonly at: number; readonly find: Find };

/**
 * The keys at an address. It is asked once at a time and seldom, whatever
 * tokens say; keys that are known are used on while it is away.
 */
export class RemoteKeys {
  readonly #options: RemoteKeysOptions;
  readonly #closing = new AbortController();
  #found: FoundKeys | undefined;
  #loading: Promise<FoundKeys> | undefined;
  #failures = 0;
  /** No attempt before it. */
  #notBefore = 0;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
  }

  /**
   * @throws {KeyNotFound}
   * @throws {KeysUnavailable} when the address would have to be asked, and is
   * away.
   */
  async find(header: JWSHeaderParameters): Promise<PublicKey> {
    const { now } = this.#options;
    const found = this.#found ?? await this.#load();
    if (now() - found.at >= MAX_AGE_MS) this.refresh();
    const key = await lookUp(found, header) ??
      (now() - found.at >= COOLDOWN_MS
        ? await lookUp(await this.#load(), header)
        : undefined);
    if (key === undefined) throw new KeyNotFound("there is no such key (kid)");
    return key;
  }

  /** Fetches the keys; if it fails, the next token that needs them tries again. */
  refresh(): void {
    this.#load().catch(() => {});
  }

  /** Gives up what is under way. */
  close(): void {
    this.#closing.abort();
  }

  async #load(): Promise<FoundKeys> {
    const waitMs = this.#notBefore - this.#options.now();
    if (this.#loading === undefined && waitMs > 0) {
      throw new KeysUnavailable(waitMs);
    }
    this.#loading ??= this.#fetch().finally(() => this.#loading = undefined);
    return await this.#loading;
  }

  async #fetch(): Promise<FoundKeys> {
    const { url, now, timeoutMs = TIMEOUT_MS } = this.#options;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    try {
      const signals = [deadline.signal, this.#closing.signal];
      const keys = await fetchKeys(url, AbortSignal.any(signals));
      this.#failures = 0;
      return this.#found = { at: now(), find: createLocalJWKSet({ keys }) };
    } catch (error) {
      throw this.#failed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #failed(cause: unknown): KeysUnavailable {
    const { now, random, log } = this.#options;
    const waitMs = Math.ceil(sparingDelay(BACKOFF, this.#failures, random));
    this.#failures++;
    this.#notBefore = now() + waitMs;
    const fields = { error: messageOf(cause), retryInMs: waitMs };
    if (!this.#closing.signal.aborted) {
      log.warn("the keys of access tokens cannot be fetched", fields);
    }
    return new KeysUnavailable(waitMs, { cause });
  }
}

async function lookUp(
  { find }: FoundKeys,
  header: JWSHeaderParameters,
): Promise<PublicKey | undefined> {
  try {
    return await find(header);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return undefined;
    if (error instanceof errors.JWKSMultipleMatchingKeys) {
      throw new KeyNotFound("it names no key (kid), and there are several");
    }
    throw new KeyNotFound("the key that it names (kid) cannot be used");
  }
}

const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : String(error);
