import { type JWSHeaderParameters, jwtVerify } from "jose";
import { readClaims, type ReadToken } from "./claims.ts";
import type { NamedKeys } from "./named_keys.ts";
import { KeyNotFound, refusalOf, refuse } from "./refusal.ts";
import type { RemoteKeys } from "./remote_keys.ts";

export type VerifierOptions = {
  /** The secrets of HS256. */
  readonly named: NamedKeys;
  /** The public keys of RS256, ES256 and EdDSA. */
  readonly remote?: Pick<RemoteKeys, "find"> | undefined;
  /** What `iss` must be. */
  readonly issuer?: string | undefined;
  /** What must be among `aud`. */
  readonly audience?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/**
 * Says what a token says, wherever it is for.
 *
 * @throws {KeysUnavailable} when nothing can be said of it for now.
 */
export type VerifyToken = (token: string) => Promise<ReadToken>;

/** Characters; a longer one is not looked at. */
const MAX_LENGTH = 8_192;
/** Seconds by which the clocks of signer and service may differ. */
const CLOCK_TOLERANCE_S = 5;
const OF_NAMED_KEYS = ["HS256"];
const OF_REMOTE_KEYS = ["RS256", "ES256", "EdDSA"];

/**
 * The algorithm in the header of a token only chooses among keys of its own
 * kind, so that no public key is ever taken for a secret.
 */
export function tokenVerifier(options: VerifierOptions): VerifyToken {
  const { named, remote, issuer, audience, now } = options;
  const algorithms = remote
    ? [...OF_NAMED_KEYS, ...OF_REMOTE_KEYS]
    : OF_NAMED_KEYS;
  const keyOf = (header: JWSHeaderParameters) => {
    if (header.alg === "HS256") return named.find(header.kid);
    if (remote) return remote.find(header);
    throw new KeyNotFound();
  };
  return async (token) => {
    if (token.length > MAX_LENGTH) {
      return refuse(
        "tokenInvalid",
        `it has more than ${MAX_LENGTH} characters`,
      );
    }
    const currentDate = new Date(now());
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms,
        requiredClaims: ["exp"],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate,
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
      });
      const nowS = currentDate.getTime() / 1_000;
      return readClaims(payload, nowS + CLOCK_TOLERANCE_S);
    } catch (error) {
      return refusalOf(error);
    }
  };
}
