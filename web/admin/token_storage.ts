const NAME = "holdfast-admin-token";

/** Keeps the token as long as the tab is open: a reload needs no sign-in. */
export class TokenStorage {
  readonly #storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;

  constructor(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    this.#storage = storage;
  }

  get token(): string | undefined {
    return this.#storage.getItem(NAME) ?? undefined;
  }

  set token(token: string | undefined) {
    if (token === undefined) this.#storage.removeItem(NAME);
    else this.#storage.setItem(NAME, token);
  }
}
