import { KeyNotFound } from "./refusal.ts";

/** A shared secret of HS256, as tokens name it in their header. */
export type NamedKey = {
  readonly kid: string;
  readonly secret: Uint8Array<ArrayBuffer>;
};

/** Several at once, so that one can take the place of another without a break. */
export class NamedKeys {
  readonly #keys: ReadonlyMap<string, Promise<CryptoKey>>;

  constructor(keys: readonly NamedKey[]) {
    this.#keys = new Map(
      keys.map(({ kid, secret }) => [kid, importKey(secret)]),
    );
  }

  /**
   * Who signs with the only key need not name it.
   *
   * @throws {KeyNotFound}
   */
  async find(kid: string | undefined): Promise<CryptoKey> {
    if (kid !== undefined) return await known(this.#keys.get(kid));
    if (this.#keys.size > 1) {
      throw new KeyNotFound("it names no key (kid), and there are several");
    }
    const [only] = this.#keys.values();
    return await known(only);
  }
}

function known(key: Promise<CryptoKey> | undefined): Promise<CryptoKey> {
  if (key === undefined) throw new KeyNotFound("there is no such key (kid)");
  return key;
}

/** Given the bare secret, jose would do this for each token. */
function importKey(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
}
