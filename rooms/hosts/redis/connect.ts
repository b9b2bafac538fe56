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
import { type Clock, systemClock } from "../../../clock.ts";

type Entry = [id: string, fields: string[]];

/** What is asked of Redis. `ioredis` does it, and in tests what stands in for it. */
export interface RedisConnection {
  /** `ready`: commands are taken; what comes else fails at once. */
  readonly status: string;
  on(event: "ready", run: () => void): unknown;
  on(
    event: "message",
    run: (channel: string, text: string) => void,
  ): unknown;
  once(event: "ready", run: () => void): unknown;
  off(event: "ready", run: () => void): unknown;
  disconnect(): void;

  /** `EVALSHA` and `EVAL`. */
  callBuffer(command: string, args: (string | Buffer | number)[]): Promise<
    unknown
  >;
  hdel(key: string, field: string): Promise<number>;
  hmgetBuffer(key: string, ...fields: string[]): Promise<(Buffer | null)[]>;
  zrange(key: string, start: string, stop: string): Promise<string[]>;

  /** Resolves with how many have it. */
  publish(channel: string, text: string): Promise<number>;
  subscribe(channel: string): Promise<unknown>;

  xadd(key: string, ...args: (string | number)[]): Promise<string | null>;
  xrevrange(
    key: string,
    end: string,
    start: string,
    token: "COUNT",
    count: number,
  ): Promise<Entry[]>;
  xread(
    countToken: "COUNT",
    count: number,
    blockToken: "BLOCK",
    ms: number,
    streamsToken: "STREAMS",
    key: string,
    after: string,
  ): Promise<[key: string, entries: Entry[]][] | null>;
}

export type Connect = (
  address: RedisAddress,
  log: Log,
  use?: Use,
) => RedisConnection;

export type Use = {
  /** For commands that take a while: so many milliseconds at most. */
  readonly waitsMs?: number;
  /** Milliseconds without an answer after which a connection counts as dead. */
  readonly silentMs?: number;
  /** For nothing but what is published. */
  readonly listens?: boolean;
};

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
  /** Where clients reach this process and no other; missing: all have one address. */
  readonly publicUrl?: string;
};

/** Milliseconds after which a command counts as failed. */
const TIMEOUT_MS = 1_000;
/** Between two questions of who only listens. */
const ASK_MS = 1_000;
const MAX_SILENT_MS = 5_000;
const MAX_RETRY_MS = 500;

/**
 * Milliseconds without an answer after which a connection counts as dead: another
 * one may reach Redis, and must do so before the lease is over. No less, or a
 * machine that is busy takes its connections down itself.
 */
export const silentMsOf = (leaseMs: number): number =>
  Math.min(leaseMs / 2, MAX_SILENT_MS);

export function connectRedis(
  { url, username, password }: RedisAddress,
  log: Log,
  { waitsMs = 0, silentMs = MAX_SILENT_MS, listens = false }: Use = {},
): Redis {
  const redis = new Redis(url, {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Nobody would hear that it fails; the bus does so itself.
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    commandTimeout: TIMEOUT_MS + waitsMs,
    socketTimeout: silentMs + waitsMs,
    connectTimeout: 2_000,
    disableClientInfo: true,
    // After a failover the old primary is a replica that takes no writes.
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
    retryStrategy: (times) =>
      Math.random() * Math.min(MAX_RETRY_MS, 20 * 2 ** Math.min(times, 10)),
  });
  const connection = listens ? "messages" : waitsMs > 0 ? "events" : "commands";
  let isTold = false;
  redis.on("error", ({ message: error }: Error) => {
    if (!isTold) log.warn("redis is away", { connection, error });
    isTold = true;
  });
  redis.on("ready", () => {
    if (isTold) log.info("redis is back", { connection });
    isTold = false;
  });
  if (listens) keepAsking(redis);
  return redis;
}

/** Who only listens would not find out that nothing comes any more. */
function keepAsking(redis: Redis): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  redis.on("ready", () => {
    clearInterval(timer);
    timer = setInterval(() => redis.ping().catch(() => {}), ASK_MS);
  });
  redis.on("close", () => clearInterval(timer));
}

/** Redis was not there in time. Why, its log has told. */
export class RedisAway extends Error {
  override name = "RedisAway";
}

/** @throws {RedisAway} */
export function untilReady(
  redis: RedisConnection,
  limitMs: number,
  clock: Clock = systemClock,
): Promise<void> {
  if (redis.status === "ready") return Promise.resolve();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = clock.after(
    limitMs,
    () => reject(new RedisAway(`No answer from Redis in ${limitMs} ms`)),
  );
  redis.once("ready", resolve);
  return promise.finally(() => {
    cancel();
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
