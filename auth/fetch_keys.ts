import type { JWK } from "jose";
import { z } from "zod";

/** Far more than the few keys that a rotation has at once. */
const MAX_BYTES = 262_144;
const MAX_KEYS = 100;

const KeySet = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) });
/** No secrets and no private keys may come from an address. */
const PublicKey = z.object({
  kty: z.enum(["RSA", "EC", "OKP"]),
  d: z.undefined().optional(),
});

/**
 * The public keys of a JWKS, of whatever use; other members are left out.
 *
 * @throws {Error} which tells what was wrong with the answer, or why there was
 * none before `signal` was aborted.
 */
export async function fetchKeys(
  url: URL,
  signal: AbortSignal,
): Promise<JWK[]> {
  const headers = { accept: "application/jwk-set+json, application/json" };
  const response = await fetch(url, { headers, redirect: "manual", signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`Cannot read the keys: HTTP status ${response.status}`);
  }
  const { keys } = KeySet.parse(JSON.parse(await readText(response)));
  return keys.filter(isPublicKey);
}

const isPublicKey = (key: unknown): key is JWK =>
  PublicKey.safeParse(key).success;

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MAX_BYTES) {
      throw new Error(`Cannot read the keys: more than ${MAX_BYTES} bytes`);
    }
    text += decoder.decode(part, { stream: true });
  }
  return text;
}
