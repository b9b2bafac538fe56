/**
 * A real Redis of one test: it listens on a Unix socket in a folder of its own.
 */
import type { Redis } from "ioredis";
import { join } from "node:path";
import {
  connectRedis,
  untilReady,
} from "../../../../rooms/hosts/redis/connect.ts";
import { requireTool } from "../../../support/tools.ts";
import { keepingLog } from "../../fakes/log.ts";

const tool = requireTool("redis-server");
const START_MS = 10_000;
/** That tests use, and what the service does by default. */
const PREFIXES = ["t", "holdfast"];

/** Of suites that need it. */
export const redisSuite = { ignore: tool.ignore };

export class RedisServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: Deno.ChildProcess | undefined;

  private constructor(folder: string, args: readonly string[]) {
    this.#folder = folder;
    this.#args = args;
  }

  /** `args`: beside the usual ones. */
  static async start(args: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await Deno.makeTempDir(), args);
    await server.start();
    if (!args.includes("--replicaof")) await server.#grow();
    return server;
  }

  /** For clients. */
  get url(): string {
    return join(this.#folder, "redis.sock");
  }

  async start(): Promise<void> {
    this.#process = new Deno.Command(tool.bin, {
      args: [
        ...["--port", "0"],
        ...["--unixsocket", this.url],
        ...["--dir", this.#folder],
        ...["--save", ""],
        ...["--appendonly", "yes"],
        ...this.#args,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await this.ask((redis) => redis.ping());
  }

  /** What it had written stays, as far as it was on disk. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    process?.kill(signal);
    await process?.status;
  }

  /** It forgets everything. */
  async flush(): Promise<void> {
    await this.ask((redis) => redis.flushall());
  }

  /** A client, for whoever disconnects it. */
  async connect(): Promise<Redis> {
    const redis = connectRedis(this, keepingLog().log);
    try {
      await untilReady(redis, START_MS);
      return redis;
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = await this.connect();
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** As one that has been there for long, and nobody has rooms in. */
  async #grow(): Promise<void> {
    await this.ask((redis) =>
      Promise.all(PREFIXES.map((prefix) => redis.set(`${prefix}:began`, "0")))
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await Deno.remove(this.#folder, { recursive: true });
  }
}
