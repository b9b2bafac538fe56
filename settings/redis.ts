/**
 * Where rooms are shared with other processes.
 *
 * @module
 */
import { z } from "zod";
import type { RedisSettings } from "../rooms/hosts/redis/connect.ts";
import { setting, text, wholeNumber } from "./env.ts";

/** A path is a Unix socket. */
function redisUrl(text: string): string | undefined {
  if (text.startsWith("/")) return text;
  const url = URL.parse(text);
  const isRedis = url?.protocol === "redis:" || url?.protocol === "rediss:";
  if (!isRedis || url.hostname === "") return undefined;
  return url.username === "" && url.password === "" ? text : undefined;
}

/** Rooms are below it. */
function publicUrl(text: string): string | undefined {
  const url = URL.parse(text);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (!isHttp || url.search !== "" || url.hash !== "") return undefined;
  if (url.username !== "" || url.password !== "") return undefined;
  return url.href.replace(/\/+$/, "");
}

export const redisSettings = z.object({
  REDIS_URL: setting(
    "redis://host:port, rediss://host:port or a path, without credentials in it",
    redisUrl,
  ).optional()
    .describe(
      "Redis 7 or newer, or Valkey: rooms are shared with all processes that use it; if not set, this one is alone",
    ),
  REDIS_USERNAME: text("a name", /^.{1,256}$/s).optional()
    .describe("who uses Redis"),
  REDIS_PASSWORD: text("a password", /^.{1,512}$/s).optional()
    .describe("what Redis wants to know"),
  REDIS_PREFIX: text("1 to 64 of A-Z a-z 0-9 _ -", /^[\w-]{1,64}$/)
    .default("holdfast")
    .describe("what all keys and channels in Redis begin with"),
  REDIS_LEASE_MS: wholeNumber(1_000, 60_000).default(5_000)
    .describe(
      "milliseconds that a room waits at most for its next process when one has died; it goes on for half as long at least while Redis is away",
    ),
  PUBLIC_URL: setting("an http: or https: URL", publicUrl).optional()
    .describe(
      "where clients reach this process and no other: those in a room that moves here are sent there; if not set, all have one address",
    ),
});

/** Undefined: the process is alone. */
export function redisOf(
  settings: z.output<typeof redisSettings>,
): RedisSettings | undefined {
  const { REDIS_URL: url, REDIS_USERNAME: username } = settings;
  const { REDIS_PASSWORD: password } = settings;
  if (url === undefined) return undefined;
  return {
    url,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    prefix: settings.REDIS_PREFIX,
    leaseMs: settings.REDIS_LEASE_MS,
    ...(settings.PUBLIC_URL && { publicUrl: settings.PUBLIC_URL }),
  };
}
