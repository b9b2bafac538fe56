/**
 * Credentials that a TURN server checks by itself, since it shares a secret
 * with the service ("A REST API For Access To TURN Services",
 * draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`).
 *
 * @module
 */
import { createHmac } from "node:crypto";

export type Turn = {
  /** Such as `turn:turn.example.com:3478?transport=udp`. */
  readonly urls: readonly string[];
  /** coturn's `static-auth-secret`. */
  readonly secret: string;
  /** Seconds in which an allocation can be made. */
  readonly ttlS: number;
};

export type TurnServer = {
  urls: string[];
  username: string;
  credential: string;
};

/** `now` in milliseconds since 1970; `name` shows in the server's log. */
export function turnServer(
  { urls, secret, ttlS }: Turn,
  name: string,
  now: number,
): TurnServer {
  const username = `${Math.floor(now / 1_000) + ttlS}:${name}`;
  const credential = createHmac("sha1", secret).update(username)
    .digest("base64");
  return { urls: [...urls], username, credential };
}
