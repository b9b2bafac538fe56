import { errorOf } from "../errors.ts";

const MAX_LENGTH = 64;
/** Leaves room for a number after it. */
const MAX_BASE_LENGTH = 56;

/** The keys that are taken, by what is published and what is about to be. */
export class Keys {
  readonly #taken = new Set<string>();

  /**
   * Takes `wished`, or else a free key that begins with `base`.
   *
   * @throws {HoldfastError} 53304 when the wished one is taken, -32602 when it
   * is no key.
   */
  take(wished: string | undefined, base: string): string {
    const key = wished ?? this.#freeKey(base.slice(0, MAX_BASE_LENGTH));
    if (key.length < 1 || key.length > MAX_LENGTH) {
      throw errorOf("invalidParams", `a key has 1 to ${MAX_LENGTH} characters`);
    }
    if (this.#taken.has(key)) throw errorOf("trackKeyDuplicate", key);
    this.#taken.add(key);
    return key;
  }

  free(key: string): void {
    this.#taken.delete(key);
  }

  #freeKey(base: string): string {
    if (!this.#taken.has(base)) return base;
    for (let number = 2;; number++) {
      const key = `${base}-${number}`;
      if (!this.#taken.has(key)) return key;
    }
  }
}
