/**
 * Why a token is not taken: one error of the protocol for each cause.
 *
 * @module
 */
import { errors } from "jose";
import type { ErrorName } from "../protocol/mod.ts";

export type TokenError = Extract<ErrorName, `token${string}`>;

export type Refused = {
  readonly ok: false;
  readonly error: TokenError;
  /** For people; it repeats nothing of the token. */
  readonly detail?: string;
};

export const refuse = (error: TokenError, detail?: string): Refused => ({
  ok: false,
  error,
  ...(detail !== undefined && { detail }),
});

/** The header of a token names no key that there is. */
export class KeyNotFound extends Error {
  override readonly name = "KeyNotFound";
}

/** Nothing can be said about a token for now: keys are not to be had. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number, options?: ErrorOptions) {
    super("The keys of access tokens cannot be fetched", options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** What the checks of a token threw, as the one error for its cause. */
export function refusalOf(thrown: unknown): Refused {
  if (thrown instanceof KeyNotFound) {
    return refuse("tokenHeaderInvalid", thrown.message);
  }
  if (thrown instanceof errors.JOSEAlgNotAllowed) {
    return refuse("tokenHeaderInvalid", "its algorithm is not allowed");
  }
  if (thrown instanceof errors.JOSENotSupported) {
    return refuse("tokenHeaderInvalid", "it asks for what is not supported");
  }
  if (thrown instanceof errors.JWSSignatureVerificationFailed) {
    return refuse("tokenSignatureInvalid");
  }
  if (thrown instanceof errors.JWTExpired) return refuse("tokenExpired");
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    return refusalOfClaim(thrown);
  }
  if (thrown instanceof errors.JOSEError) return refuse("tokenInvalid");
  throw thrown;
}

function refusalOfClaim(
  { claim, reason }: errors.JWTClaimValidationFailed,
): Refused {
  if (claim === "iss" || claim === "aud") {
    return refuse("tokenIssuerInvalid", `its ${claim} is not the expected one`);
  }
  if (claim === "nbf" && reason === "check_failed") {
    return refuse("tokenNotYetValid");
  }
  return refuse(
    "tokenInvalid",
    `its ${claim} is ${reason === "missing" ? "missing" : "invalid"}`,
  );
}
