/**
 * A real Redis of one test: it listens on a Unix socket in a folder of its own.
 */
import { join } from "node:path";
import {
  connectRedis,
  untilReady,
} from "../../../../rooms/hosts/redis/connect.ts";
import { requireTool } from "../../../support/tools.ts";
import { keepingLog } from "../../fakes/log.ts";

const tool = requireTool("redis-server");

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
    const redis = connectRedis(this, keepingLog().log);
    try {
      await untilReady(redis, 10_000);
    } finally {
      redis.disconnect();
    }
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
    const redis = connectRedis(this, keepingLog().log);
    try {
      await untilReady(redis, 10_000);
      await redis.flushall();
    } finally {
      redis.disconnect();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await Deno.remove(this.#folder, { recursive: true });
  }
}
