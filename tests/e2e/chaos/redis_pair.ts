/**
 * A Redis with a replica, at an address that leads to the one that is the
 * primary now.
 */
import assert from "node:assert/strict";
import { RedisServer } from "../../rooms/hosts/redis/server.ts";
import { eventually } from "../../support/eventually.ts";
import { Relay } from "./relay.ts";

export class RedisPair implements AsyncDisposable {
  readonly #host: string;
  readonly #door: Relay;
  readonly #open = new AsyncDisposableStack();
  #primary: RedisServer;

  private constructor(host: string, primary: RedisServer) {
    this.#host = host;
    this.#primary = this.#open.use(primary);
    this.#door = this.#open.use(
      new Relay(
        host,
        () => Deno.connect({ transport: "unix", path: this.#primary.url }),
      ),
    );
  }

  /** `host`: the address at which it can be reached. */
  static async start(host: string): Promise<RedisPair> {
    return new RedisPair(host, await RedisServer.start());
  }

  get url(): string {
    return `redis://${this.#host}:${this.#door.port}`;
  }

  start(): Promise<void> {
    return this.#primary.start();
  }

  stop(signal: Deno.Signal): Promise<void> {
    return this.#primary.stop(signal);
  }

  /** Writes of owners of the past that were refused. */
  async fenced(): Promise<number> {
    const info = await this.#primary.ask((redis) => redis.info("errorstats"));
    return Number(/errorstat_FENCED:count=(\d+)/.exec(info)?.[1] ?? 0);
  }

  /** Has a replica follow; resolves when that has all. */
  async follow(): Promise<RedisServer> {
    const replica = this.#open.use(
      await RedisServer.start([
        "--replicaof",
        this.#host,
        `${this.#door.port}`,
      ]),
    );
    await eventually(async () => {
      const info = await replica.ask((redis) => redis.info("replication"));
      assert.match(info, /master_link_status:up/);
    });
    return replica;
  }

  /** The primary is killed, and the replica takes its place. */
  async failOver(replica: RedisServer): Promise<void> {
    await this.#primary.stop("SIGKILL");
    await replica.ask((redis) => redis.replicaof("NO", "ONE"));
    this.#primary = replica;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync();
  }
}
