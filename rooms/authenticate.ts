/**
 * What the lobby asks of whoever knows the access tokens.
 *
 * @module
 */
import type { ErrorName } from "../protocol/mod.ts";
import type { Claims } from "./core/input.ts";

export type Verdict =
  | { readonly ok: true; readonly claims: Claims }
  | {
    readonly ok: false;
    readonly error: Extract<ErrorName, `token${string}`>;
  };

/** Rejects only when nothing can be said about the token. */
export type Authenticate = (token: string, room: string) => Promise<Verdict>;
