/**
 * `Idempotency-Key`: a write that is sent again with the same key is done once,
 * and answered the same. What is kept is bounded in number, size and time.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createMiddleware } from "hono/factory";
import type { Clock } from "../../clock.ts";
import type { AdminEnv } from "./operator.ts";
import { Refusal } from "./refusal.ts";

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ArrayBuffer;
};

type Entry = {
  /** Of what was asked. */
  readonly fingerprint: string;
  readonly until: number;
  /** `null`: being made. */
  answer: Answer | null;
};

export type IdempotencyLimits = {
  readonly maxEntries: number;
  /** Of one answer; a larger one is not kept, and its request done again. */
  readonly maxBytes: number;
  readonly keepMs: number;
};

const LIMITS: IdempotencyLimits = {
  maxEntries: 1_000,
  maxBytes: 65_536,
  keepMs: 60 * 60_000,
};
const WRITES = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** As printable ASCII, so that quoted ones of the draft standard pass as well. */
const KEY = /^[\x21-\x7e]{1,255}$/;

export const idempotency = (
  clock: Pick<Clock, "now">,
  limits: IdempotencyLimits = LIMITS,
) => {
  const entries = new Map<string, Entry>();
  return createMiddleware<AdminEnv>(async (c, next) => {
    const key = c.req.header("idempotency-key");
    if (key === undefined || !WRITES.has(c.req.method)) return await next();
    if (!KEY.test(key)) throw invalidKey();
    forget(entries, clock.now());
    const { identity, room } = c.get("operator");
    const owned = JSON.stringify([identity, room, key]);
    const { pathname, search } = new URL(c.req.url);
    const body = await c.req.arrayBuffer();
    const fingerprint = hash(c.req.method, pathname, search, body);
    const earlier = entries.get(owned);
    if (earlier) return answerAgain(earlier, fingerprint);
    makeRoom(entries, limits.maxEntries);
    const until = clock.now() + limits.keepMs;
    const entry: Entry = { fingerprint, until, answer: null };
    entries.set(owned, entry);
    try {
      await next();
      entry.answer = await answerOf(c.res, limits.maxBytes);
    } finally {
      if (entry.answer === null) entries.delete(owned);
    }
  });
};

/** @throws {Refusal} when the key stands for something else, or is at work. */
function answerAgain({ fingerprint, answer }: Entry, asked: string): Response {
  if (fingerprint !== asked) {
    throw new Refusal(422, "The Idempotency-Key was used for another request", {
      reason: "idempotencyKeyReused",
    });
  }
  if (answer === null) {
    throw new Refusal(409, "The request with this Idempotency-Key is at work", {
      reason: "inFlight",
      headers: { "Retry-After": "1" },
    });
  }
  const { status, headers, body } = answer;
  const again = new Response(status === 204 ? null : body, {
    status,
    headers,
  });
  again.headers.set("Idempotency-Replayed", "true");
  return again;
}

/** What may go otherwise next time, for no change of the request, is not kept. */
async function answerOf(
  response: Response,
  maxBytes: number,
): Promise<Answer | null> {
  if (response.status >= 500 || response.status === 403) return null;
  const body = await response.clone().arrayBuffer();
  if (body.byteLength > maxBytes) return null;
  const { status, headers } = response;
  return { status, headers: new Headers(headers), body };
}

/** They stand in the order of their time. */
function forget(entries: Map<string, Entry>, now: number): void {
  for (const [key, { until }] of entries) {
    if (until > now) return;
    entries.delete(key);
  }
}

/** The oldest answer goes; what is at work stays. */
function makeRoom(entries: Map<string, Entry>, maxEntries: number): void {
  if (entries.size < maxEntries) return;
  for (const [key, { answer }] of entries) {
    if (answer === null) continue;
    entries.delete(key);
    return;
  }
  throw new Refusal(503, "Too many requests are at work", {
    reason: "busy",
    headers: { "Retry-After": "1" },
  });
}

function hash(...parts: (string | ArrayBuffer)[]): string {
  const sum = createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string"
      ? new TextEncoder().encode(part)
      : new Uint8Array(part);
    sum.update(`${bytes.length}:`).update(bytes);
  }
  return sum.digest("base64url");
}

const invalidKey = () =>
  new Refusal(400, "Idempotency-Key: 1 to 255 printable characters", {
    reason: "invalid",
  });
