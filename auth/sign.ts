import { SignJWT } from "jose";
import type { TokenClaims } from "./claims.ts";
import type { NamedKey } from "./named_keys.ts";

export type SignOptions = {
  readonly key: NamedKey;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
};

/** Signs a token that holds from now on for `ttlS` seconds. */
export function signToken(
  { sub, ...claims }: TokenClaims,
  ttlS: number,
  { key, issuer, audience }: SignOptions,
): Promise<string> {
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", kid: key.kid })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(`${ttlS} s`);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(key.secret);
}
