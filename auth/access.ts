/**
 * Who may do what: checks access tokens, and gives out those of the service
 * itself.
 *
 * @module
 */
import type { Log } from "../log.ts";
import type { Authenticate, Verdict } from "../rooms/authenticate.ts";
import { isFor, type ReadToken, type TokenClaims } from "./claims.ts";
import { type NamedKey, NamedKeys } from "./named_keys.ts";
import { KeysUnavailable, refuse } from "./refusal.ts";
import { RemoteKeys } from "./remote_keys.ts";
import { signToken } from "./sign.ts";
import { tokenVerifier, type VerifyToken } from "./verifier.ts";

export type AccessOptions = {
  /** The first one signs. None: a key that nobody else knows does. */
  readonly keys?: readonly NamedKey[] | undefined;
  /** Where the public keys of others are, as a JWKS. */
  readonly jwksUrl?: URL | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly log: Log;
  /** Milliseconds since 1970 [the clock of the machine]. */
  readonly now?: () => number;
};

/** For now, nothing can be said about a token. */
type Busy = {
  readonly ok: false;
  readonly error: "busy";
  readonly retryAfterMs: number;
};

export type Access = Disposable & {
  /** What a token says, whatever it is for. */
  readonly read: (token: string) => Promise<ReadToken | Busy>;
  /** Whether a token lets its bearer into a room. */
  readonly authenticate: Authenticate;
  /** Signs a token that holds for `ttlS` seconds. */
  readonly issue: (claims: TokenClaims, ttlS: number) => Promise<string>;
};

export function openAccess(options: AccessOptions): Access {
  const { jwksUrl, issuer, audience, log, now = Date.now } = options;
  const keys = options.keys ?? [];
  const [key = ownKey()] = keys;
  const remote = jwksUrl &&
    new RemoteKeys({ url: jwksUrl, log, now, random: Math.random });
  // Who comes first need not wait for them then.
  remote?.refresh();
  const named = new NamedKeys(keys.length > 0 ? keys : [key]);
  const verify = tokenVerifier({ named, remote, issuer, audience, now });
  return {
    read: (token) => verify(token).catch(busy),
    authenticate: (token, room) => authenticate(verify, token, room),
    issue: (claims, ttlS) => signToken(claims, ttlS, { key, issuer, audience }),
    [Symbol.dispose]: () => remote?.close(),
  };
}

function ownKey(): NamedKey {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  return { kid: "own", secret };
}

function busy(error: unknown): Busy {
  if (!(error instanceof KeysUnavailable)) throw error;
  return { ok: false, error: "busy", retryAfterMs: error.retryAfterMs };
}

async function authenticate(
  verify: VerifyToken,
  token: string,
  room: string,
): Promise<Verdict> {
  try {
    const read = await verify(token);
    if (!read.ok) return read;
    const { room: _, ...claims } = read.claims;
    if (!isFor(read.claims, room)) {
      return refuse("tokenGrantsInvalid", "it is for another room");
    }
    if (!claims.grants.join) {
      return refuse("tokenGrantsInvalid", "it does not let its bearer join");
    }
    return { ok: true, claims };
  } catch (error) {
    return busy(error);
  }
}
