/**
 * Who is let in: the keys of access tokens, and the pages that may connect.
 *
 * @module
 */
import { z } from "zod";
import type { NamedKey } from "../auth/named_keys.ts";
import { isLoopback } from "../http/loopback.ts";
import { setting, text } from "./env.ts";
import { list } from "./list.ts";

const MIN_SECRET_BYTES = 32;

const isOrigin = (text: string) =>
  URL.canParse(text) && new URL(text).origin === text;

const KEYS =
  `names with secrets of at least ${MIN_SECRET_BYTES} bytes, such as 2026a:SECRET`;

const namedKeys = list(KEYS, namedKey).refine(
  (keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length,
  `${KEYS}, with commas between`,
);

function namedKey(text: string): NamedKey | undefined {
  const [, kid, plain] = /^([\w.-]{1,64}):(.+)$/.exec(text) ?? [];
  if (kid === undefined || plain === undefined) return undefined;
  const secret = new TextEncoder().encode(plain);
  return secret.length >= MIN_SECRET_BYTES ? { kid, secret } : undefined;
}

/** What is read on the way could be changed there. */
const keysUrl = setting(
  "an https:// address such as https://auth.example.com/.well-known/jwks.json, or http:// on this machine",
  (text) => {
    const url = URL.parse(text);
    const isSafe = url?.protocol === "https:" ||
      url?.protocol === "http:" && isLoopback(url.hostname);
    return isSafe ? url : undefined;
  },
);

export const accessSettings = z.object({
  TOKEN_KEYS: namedKeys.optional()
    .describe(
      "the keys of access tokens that are signed with HS256, by the name that tokens give (kid); the service signs with the first",
    ),
  TOKEN_JWKS_URL: keysUrl.optional()
    .describe(
      "where the public keys of access tokens are that are signed with RS256, ES256 or EdDSA",
    ),
  TOKEN_ISSUER: text("1 to 512 characters", /^.{1,512}$/).optional()
    .describe("what access tokens must name as their issuer (iss)"),
  TOKEN_AUDIENCE: text("1 to 512 characters", /^.{1,512}$/).optional()
    .describe("what access tokens must name as their audience (aud)"),
  ALLOWED_ORIGINS: list(
    "origins such as https://example.com",
    (text) => isOrigin(text) ? text : undefined,
  ).optional()
    .describe(
      "pages that may connect, the service's own included; all if not set",
    ),
});

type AccessSettings = z.output<typeof accessSettings>;

/** Without keys there is nobody to keep out. */
export const isDevelopment = (
  { TOKEN_KEYS, TOKEN_JWKS_URL }: Pick<
    AccessSettings,
    "TOKEN_KEYS" | "TOKEN_JWKS_URL"
  >,
): boolean => TOKEN_KEYS === undefined && TOKEN_JWKS_URL === undefined;
