/** Processes over one real Redis, each with a way to it that can be cut. */
import type { Redis } from "ioredis";
import { join } from "node:path";
import { AnnouncementHub } from "../../../../rooms/announcements.ts";
import { RedisHost } from "../../../../rooms/hosts/redis/host.ts";
import { type Node, NodeList } from "../../../../rooms/hosts/redis/nodes.ts";
import { SharedSfu } from "../shared_sfu.ts";
import {
  partsOf,
  type Process,
  type Stage,
  type StoppableClock,
} from "../stage.ts";
import { Proxy } from "./proxy.ts";
import { RedisServer } from "./server.ts";

export type RedisProcess = Process & {
  /** To Redis. */
  readonly proxy: Proxy;
  readonly clock: StoppableClock;
  /** What it knows of all processes' announcements. */
  readonly cluster: AnnouncementHub;
};

export type RedisStage = Omit<Stage, "start"> & {
  readonly server: RedisServer;
  /** `publicUrl`: of clients of this one. */
  start(publicUrl?: string): Promise<RedisProcess>;
  /** A client of Redis, which ends with the stage. */
  connect(): Promise<Redis>;
  /** What processes say of themselves. */
  nodes(): Promise<Iterable<Node>>;
};

export const LEASE_MS = 2_500;
const PREFIX = "t";

export async function openRedisStage(): Promise<RedisStage> {
  const server = await RedisServer.start();
  const folder = await Deno.makeTempDir();
  const base = { sfu: new SharedSfu(), announced: [] };
  const running = new Set<Process>();
  const clients: Redis[] = [];
  let count = 0;

  async function start(publicUrl?: string): Promise<RedisProcess> {
    const proxy = new Proxy(join(folder, `${++count}.sock`), server.url);
    const { clock, link, lines, options } = partsOf(base);
    const cluster = new AnnouncementHub({ ...options, isShared: true });
    const host = new RedisHost({
      ...options,
      url: proxy.path,
      prefix: PREFIX,
      leaseMs: LEASE_MS,
      cluster,
      ...(publicUrl && { publicUrl }),
    });
    await host.restore();
    const process: RedisProcess = {
      host,
      lines,
      proxy,
      clock,
      cluster,
      async kill() {
        if (!running.delete(process)) return;
        link.cut();
        clock.stop();
        host.abort();
        await proxy.close();
      },
      async stop() {
        if (!running.delete(process)) return;
        await host.close();
        clock.stop();
        await proxy.close();
      },
    };
    running.add(process);
    return process;
  }

  return {
    ...base,
    server,
    start,
    async connect() {
      const client = await server.connect();
      clients.push(client);
      return client;
    },
    async nodes() {
      const all = await server.ask((redis) =>
        new NodeList(redis, PREFIX, "test").all()
      );
      return all.values();
    },
    async [Symbol.asyncDispose]() {
      for (const process of [...running]) await process.kill();
      for (const client of clients) client.disconnect();
      await server[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
