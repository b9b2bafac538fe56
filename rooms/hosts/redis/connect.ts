/**
 * Connections to Redis, or Valkey: nothing waits for one that is away, and each
 * comes back by itself.
 *
 * @module
 */
import { Redis } from "ioredis";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Log } from "../../../log.ts";

export type RedisConnection = Redis;

/** Of Redis or Valkey. */
export type RedisAddress = {
  /** Without credentials; a path is a Unix socket. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
};

export type RedisSettings = RedisAddress & {
  /** Of all keys and channels. */
  readonly prefix: string;
  /** Milliseconds that a room waits for its next owner when one has died. */
  readonly leaseMs: number;
};

/** Milliseconds after which a command counts as failed. */
const COMMAND_TIMEOUT_MS = 1_000;
const MAX_RETRY_MS = 500;

/** `waits`: for commands that take as long as they like. */
export function connectRedis(
  { url, username, password }: RedisAddress,
  log: Log,
  { waits = false } = {},
): RedisConnection {
  const redis = new Redis(url, {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    ...(!waits && { commandTimeout: COMMAND_TIMEOUT_MS }),
    connectTimeout: 2_000,
    disableClientInfo: true,
    // After a failover the old primary is a replica that takes no writes.
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
    retryStrategy: (times) =>
      Math.random() * Math.min(MAX_RETRY_MS, 20 * 2 ** Math.min(times, 10)),
  });
  let isTold = false;
  redis.on("error", (error: Error) => {
    if (!isTold) log.warn("redis is away", { error: error.message });
    isTold = true;
  });
  redis.on("ready", () => {
    if (isTold) log.info("redis is back");
    isTold = false;
  });
  return redis;
}

/** @throws {Error} when it is not there in time. */
export function untilReady(
  redis: RedisConnection,
  limitMs: number,
): Promise<void> {
  if (redis.status === "ready") return Promise.resolve();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`No answer from Redis in ${limitMs} ms`)),
    limitMs,
  );
  redis.once("ready", resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    redis.off("ready", resolve);
  });
}

type Argument = string | number | Uint8Array;

const hashes = new Map<string, string>();

function hashOf(script: string): string {
  const known = hashes.get(script);
  if (known !== undefined) return known;
  const hash = createHash("sha1").update(script).digest("hex");
  hashes.set(script, hash);
  return hash;
}

/** Runs a script, which Redis keeps from then on. */
export async function runScript(
  redis: RedisConnection,
  script: string,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<unknown> {
  const rest = [
    keys.length,
    ...keys,
    ...args.map((one) => one instanceof Uint8Array ? Buffer.from(one) : one),
  ];
  try {
    return await redis.callBuffer("EVALSHA", [hashOf(script), ...rest]);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) {
      throw error;
    }
    return await redis.callBuffer("EVAL", [script, ...rest]);
  }
}
