/**
 * Signatures as the Standard Webhooks scheme has them: a receiver that knows the
 * secret can tell what came from here, unchanged and lately.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";

/** The key of an HMAC-SHA256. */
export type WebhookSecret = Uint8Array<ArrayBuffer>;

const PREFIX = "whsec_";
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** Reads `whsec_` and 24 to 64 bytes of base64; undefined: it is no secret. */
export function parseSecret(text: string): WebhookSecret | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const encoded = text.slice(PREFIX.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const secret = new Uint8Array(Buffer.from(encoded, "base64"));
  const { length } = secret;
  return length >= MIN_BYTES && length <= MAX_BYTES ? secret : undefined;
}

/**
 * The headers of one attempt. Each of the secrets signs, so that a receiver can
 * change from one to the next. `atMs`: milliseconds since 1970.
 */
export function signatureHeaders(
  id: string,
  atMs: number,
  body: string,
  secrets: readonly WebhookSecret[],
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const signatures = secrets.map((secret) => {
    const hmac = createHmac("sha256", secret);
    return `v1,${hmac.update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
