/**
 * Access tokens: JWTs signed with a shared secret (HS256).
 *
 * @module
 */
import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { AppData, DisplayName, Identity, RoomName } from "../protocol/mod.ts";
import type { Authenticate, Verdict } from "../rooms/authenticate.ts";

/** What a token says, beside the claims that bound its time. */
const TokenClaims = z.object({
  sub: Identity,
  room: z.union([z.literal("*"), RoomName]),
  name: DisplayName.optional(),
  metadata: AppData.optional(),
});
export type TokenClaims = z.infer<typeof TokenClaims>;

/** Seconds by which the clocks of signer and service may differ. */
const CLOCK_TOLERANCE_S = 5;

/**
 * Lets in what any of the secrets has signed, so that secrets can be changed
 * one at a time. `now` is in milliseconds since 1970.
 */
export function tokenAuthenticator(
  secrets: readonly Uint8Array<ArrayBuffer>[],
  now: () => number = Date.now,
): Authenticate {
  const keys = Promise.all(secrets.map(importKey));
  return async (token, room) => {
    let verdict = refuse("tokenSignatureInvalid");
    for (const key of await keys) {
      verdict = await check(token, room, key, new Date(now()));
      if (verdict.ok || verdict.error !== "tokenSignatureInvalid") break;
    }
    return verdict;
  };
}

/** Signs a token that holds from now on for `ttlS` seconds. */
export function signToken(
  { sub, ...claims }: TokenClaims,
  secret: Uint8Array,
  ttlS: number,
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(`${ttlS} s`)
    .sign(secret);
}

/** Given the bare secret, jose would do this for each token. */
function importKey(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
}

async function check(
  token: string,
  room: string,
  key: CryptoKey,
  currentDate: Date,
): Promise<Verdict> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["HS256"],
      requiredClaims: ["exp"],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate,
    });
    return claimsOf(payload, room);
  } catch (error) {
    if (error instanceof errors.JOSEError) return refuse(cause(error));
    throw error;
  }
}

function claimsOf(payload: unknown, room: string): Verdict {
  const claims = TokenClaims.safeParse(payload);
  if (!claims.success) return refuse("tokenInvalid");
  const { sub: identity, room: granted, name, metadata } = claims.data;
  if (granted !== "*" && granted !== room) return refuse("tokenGrantsInvalid");
  return {
    ok: true,
    claims: {
      identity,
      ...(name !== undefined && { name }),
      ...(metadata !== undefined && { metadata }),
    },
  };
}

type Refusal = Extract<Verdict, { ok: false }>;

function cause(error: errors.JOSEError): Refusal["error"] {
  if (error instanceof errors.JWTExpired) return "tokenExpired";
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return "tokenSignatureInvalid";
  }
  return error instanceof errors.JWTClaimValidationFailed &&
      error.claim === "nbf" && error.reason === "check_failed"
    ? "tokenNotYetValid"
    : "tokenInvalid";
}

const refuse = (error: Refusal["error"]): Verdict => ({ ok: false, error });
