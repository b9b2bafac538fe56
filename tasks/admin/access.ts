/**
 * Whom the command line asks, and by which right: a token that it is given, one
 * that it makes of the service's own key, or that of a service in development.
 *
 * @module
 */
import { z } from "zod";
import type { AdminAccess } from "../../admin/client.ts";
import { OPERATOR, type TokenClaims } from "../../auth/claims.ts";
import { signToken } from "../../auth/sign.ts";
import { isDevelopment } from "../../settings/access.ts";
import { tellProblem } from "../../settings/env.ts";
import { readServiceSettings, type Settings } from "../../settings/settings.ts";
import { type Context, UsageError } from "./command.ts";

type Env = Context["env"];

/** Seconds that a token holds which was made for one command; `tail` may be long. */
const OWN_TOKEN_S = 86_400;
const DEADLINE_MS = 10_000;

const KEYS_WANTED =
  "run this where the TOKEN_KEYS of the service are set (the environment, or .env)";

const Issued = z.object({ token: z.string() });

export async function accessFor(
  env: Env,
  given: string | undefined,
): Promise<AdminAccess> {
  const url = urlOf(env, given);
  return { url, token: await tokenOf(env, url) };
}

function urlOf(env: Env, given: string | undefined): string {
  const url = given ?? env.HOLDFAST_URL;
  if (url === undefined || url === "") {
    return `http://localhost:${settingsOf(env).PORT}`;
  }
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? "")) return url;
  throw new UsageError(
    `--url wants an http or https address, and got "${url}"`,
  );
}

async function tokenOf(env: Env, url: string): Promise<string> {
  const { HOLDFAST_ADMIN_TOKEN: token } = env;
  if (token !== undefined && token !== "") return token;
  return isDevelopment(settingsOf(env))
    ? await developmentToken(url)
    : await makeToken(env, OPERATOR, OWN_TOKEN_S);
}

/** @throws {UsageError} where the service gives none. */
async function developmentToken(url: string): Promise<string> {
  const response = await fetch(new URL("/admin/token", url), {
    method: "POST",
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const issued = Issued.safeParse(await response.json().catch(() => undefined));
  if (response.ok && issued.success) return issued.data.token;
  throw new UsageError(
    `There is no token, and the service gives none: set HOLDFAST_ADMIN_TOKEN, or ${KEYS_WANTED}`,
  );
}

/** @throws {UsageError} where the settings have no key. */
export async function makeToken(
  env: Env,
  claims: TokenClaims,
  ttlS: number,
): Promise<string> {
  const { TOKEN_KEYS, TOKEN_ISSUER, TOKEN_AUDIENCE } = settingsOf(env);
  const [key] = TOKEN_KEYS ?? [];
  if (key === undefined) {
    throw new UsageError(`There is no key to make a token of: ${KEYS_WANTED}`);
  }
  const issuer = TOKEN_ISSUER;
  const audience = TOKEN_AUDIENCE;
  return await signToken(claims, ttlS, { key, issuer, audience });
}

function settingsOf(env: Env): Settings {
  const defined = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const]
  );
  const read = readServiceSettings(Object.fromEntries(defined));
  if (read.ok) return read.settings;
  throw new UsageError(read.problems.map(tellProblem).join("\n"));
}
