/**
 * Services that share rooms by a Redis, and what that costs.
 *
 * @module
 */
import { createLog } from "../../../log.ts";
import { connectRedis } from "../../../rooms/hosts/redis/connect.ts";
import { RedisServer } from "../../rooms/hosts/redis/server.ts";
import { SIDECAR_SECRET, type TestSidecar } from "../../support/sidecar.ts";
import { State } from "../../support/state.ts";
import { startHoldfast } from "./crowd.ts";
import { KEYS } from "./rooms.ts";
import type { Server } from "./server.ts";

/** As much as a bench may want. */
const LIMITS = {
  ROOM_EMPTY_MS: "0",
  ROOM_MAX_PARTICIPANTS: "1000",
  ROOM_MAX_MESSAGES_PER_SECOND: "10000",
  ROOM_MAX_MESSAGE_BURST: "10000",
};

/** Of all since the start, or since some moment. */
export type RedisUsage = {
  readonly commands: number;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly cpuMs: number;
  /** By what is kept there: what there is now, or how much more. */
  readonly usedBytes: number;
};

export type Spent<T> = {
  readonly result: T;
  readonly ms: number;
  readonly cpuMs: number;
  readonly redis: RedisUsage;
};

/** A service with a sidecar that others may use too. */
export async function startWith(
  sidecar: TestSidecar,
  open: AsyncDisposableStack,
  env: Record<string, string> = {},
): Promise<Server> {
  const state = open.use(new State());
  return open.use(
    await startHoldfast({
      ...KEYS,
      ...LIMITS,
      STATE_FOLDER: state.path,
      SFU_URL: sidecar.url,
      SFU_SECRET: SIDECAR_SECRET,
      ...env,
    }),
  );
}

export class Cluster implements AsyncDisposable {
  readonly servers: readonly Server[];
  readonly #open: AsyncDisposableStack;
  readonly #redis: RedisServer;

  private constructor(
    open: AsyncDisposableStack,
    redis: RedisServer,
    servers: readonly Server[],
  ) {
    this.#open = open;
    this.#redis = redis;
    this.servers = servers;
  }

  static async start(sidecar: TestSidecar, size: number): Promise<Cluster> {
    await using open = new AsyncDisposableStack();
    const redis = open.use(await RedisServer.start());
    const servers: Server[] = [];
    for (let index = 0; index < size; index++) {
      servers.push(await startWith(sidecar, open, { REDIS_URL: redis.url }));
    }
    return new Cluster(open.move(), redis, servers);
  }

  async #redisUsage(): Promise<RedisUsage> {
    const log = createLog({ level: "silent", format: "json" });
    const redis = connectRedis(this.#redis, log);
    await new Promise((resolve) => redis.once("ready", resolve));
    try {
      const info = await redis.info();
      const field = (name: string) => {
        const found = new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1];
        if (found === undefined) throw new Error(`Redis does not tell ${name}`);
        return Number(found);
      };
      const cpuS = field("used_cpu_user") + field("used_cpu_sys");
      return {
        commands: field("total_commands_processed"),
        inBytes: field("total_net_input_bytes"),
        outBytes: field("total_net_output_bytes"),
        cpuMs: cpuS * 1_000,
        usedBytes: field("used_memory_dataset"),
      };
    } finally {
      redis.disconnect();
    }
  }

  /** Milliseconds of all processes, and what Redis had to do, during `act`. */
  async spent<T>(act: () => Promise<T>): Promise<Spent<T>> {
    const before = await this.#usage();
    const start = performance.now();
    const result = await act();
    const ms = performance.now() - start;
    const after = await this.#usage();
    const since = (name: keyof RedisUsage) =>
      after.redis[name] - before.redis[name];
    return {
      result,
      ms,
      cpuMs: after.cpuMs - before.cpuMs,
      redis: {
        commands: since("commands"),
        inBytes: since("inBytes"),
        outBytes: since("outBytes"),
        cpuMs: since("cpuMs"),
        usedBytes: since("usedBytes"),
      },
    };
  }

  async #usage(): Promise<{ cpuMs: number; redis: RedisUsage }> {
    const usages = await Promise.all(
      this.servers.map((server) => server.usage()),
    );
    const cpuMs = usages.reduce((sum, usage) => sum + usage.cpuMs, 0);
    return { cpuMs, redis: await this.#redisUsage() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}
