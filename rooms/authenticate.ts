/**
 * What the lobby asks of whoever knows the access tokens.
 *
 * @module
 */
import type { Verdict } from "./core/input.ts";

export type { Verdict };

/** Rejects only when nothing can be said about the token. */
export type Authenticate = (token: string, room: string) => Promise<Verdict>;
