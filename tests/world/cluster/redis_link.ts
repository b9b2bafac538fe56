/**
 * One connection to Redis as `ioredis` gives it: what is sent while it is away
 * fails at once, what takes too long fails, though it may be done later, and it
 * comes back by itself.
 */
import { Buffer } from "node:buffer";
import type { RedisConnection } from "../../../rooms/hosts/redis/connect.ts";
import { Lane, type LaneOptions } from "../lane.ts";
import type { Random } from "../random.ts";
import type { Process } from "../timeline.ts";
import type { Argument, Reply, VirtualRedis } from "./redis.ts";

/** Of a command, and of a connection that brings nothing meanwhile. */
const TIMEOUT_MS = 1_000;
const MAX_RETRY_MS = 500;
/** Milliseconds that are trouble for who waits for two changes in 200. */
const TROUBLE_MS = 60;

type Pending = {
  readonly askedAt: number;
  readonly reject: (error: Error) => void;
};

type Entries = [id: string, fields: string[]][];
/** By Redis, which may answer later. */
type Execute = (answer: (reply: Reply) => void) => void;

/** What can be heard of it. */
type Listeners = {
  readonly ready: Set<() => void>;
  readonly message: Set<(channel: string, text: string) => void>;
};

type Lanes = { readonly up: Lane<() => void>; readonly down: Lane<() => void> };

/** Says that there was no answer in time, or no way; nobody is to blame. */
export class RedisAway extends Error {}

export class RedisLink implements RedisConnection {
  status: "connecting" | "ready" | "reconnecting" | "end" = "connecting";
  /** As Redis knows them. */
  readonly subscriptions = new Set<string>();
  /** What was sent, and when, for who looks at it. */
  onReply: (command: string, args: readonly Argument[], reply: Reply) => void =
    () => {};
  readonly #redis: VirtualRedis;
  readonly #process: Process;
  readonly #random: Random;
  readonly #waitsMs: number;
  readonly #listeners: Listeners = { ready: new Set(), message: new Set() };
  readonly #pending = new Set<Pending>();
  /** As they are to be again when it is back. */
  readonly #wanted = new Set<string>();
  #lanes: Lanes;
  #heldUntil = 0;
  #cutUntil = 0;
  #heardAt = -Infinity;
  #tries = 0;
  #cancelRetry = () => {};

  /** `waitsMs`: more for each answer. */
  constructor(
    redis: VirtualRedis,
    process: Process,
    random: Random,
    waitsMs: number,
  ) {
    this.#waitsMs = waitsMs;
    this.#random = random;
    this.#redis = redis;
    this.#process = process;
    this.#lanes = this.#newLanes();
    this.#connect();
  }

  on(...[event, run]: Listen): void {
    if (event === "ready") this.#listeners.ready.add(run);
    else this.#listeners.message.add(run);
  }

  once(event: "ready", run: () => void): void {
    const once = () => {
      this.#listeners.ready.delete(once);
      run();
    };
    this.on(event, once);
  }

  off(_event: "ready", run: () => void): void {
    this.#listeners.ready.delete(run);
  }

  disconnect(): void {
    if (this.status === "end") return;
    this.#lanes.up.die();
    this.#part();
    this.status = "end";
  }

  callBuffer(command: string, args: Argument[]): Promise<unknown> {
    return this.#ask(command, args);
  }

  async hdel(key: string, field: string): Promise<number> {
    return Number(await this.#ask("HDEL", [key, field]));
  }

  async hmgetBuffer(
    key: string,
    ...fields: string[]
  ): Promise<(Buffer | null)[]> {
    return await this.#ask("HMGET", [key, ...fields]) as (Buffer | null)[];
  }

  async zrange(key: string, from: string, to: string): Promise<string[]> {
    return await this.#ask("ZRANGE", [key, from, to]) as string[];
  }

  async publish(channel: string, text: string): Promise<number> {
    return Number(await this.#ask("PUBLISH", [channel, text]));
  }

  subscribe(channel: string): Promise<unknown> {
    this.#wanted.add(channel);
    return this.#send("SUBSCRIBE", [], (answer) => {
      this.subscriptions.add(channel);
      answer(this.subscriptions.size);
    });
  }

  async xadd(key: string, ...args: (string | number)[]): Promise<string> {
    return String(await this.#ask("XADD", [key, ...args]));
  }

  async xrevrange(...args: (string | number)[]): Promise<Entries> {
    return await this.#ask("XREVRANGE", args) as Entries;
  }

  async xread(
    ...[, , , blockMs, , key, after]: Parameters<RedisConnection["xread"]>
  ): Promise<[key: string, entries: Entries][] | null> {
    const wanted = { key, after, blockMs };
    const read = await this.#send(
      "XREAD",
      [key, after],
      (answer) => this.#redis.read(this, wanted, answer),
    );
    return read as [string, Entries][] | null;
  }

  /** By Redis: somebody has said something. */
  tell(channel: string, text: string): void {
    this.#lanes.down.send(() => {
      for (const run of this.#listeners.message) run(channel, text);
    });
  }

  /** Who only listens would not find out that nothing comes any more. */
  keepAsking(): void {
    this.#redis.timeline.after(TIMEOUT_MS, () => {
      if (this.status === "end") return;
      if (this.status === "ready") this.#ask("PING", []).catch(() => {});
      this.keepAsking();
    }, this.#process);
  }

  /** Nothing passes until then, and nobody is told. */
  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until);
    this.#lanes.up.hold(until);
    this.#lanes.down.hold(until);
  }

  /** It breaks, and is not back before then. */
  cut(until: number): void {
    this.#cutUntil = Math.max(this.#cutUntil, until);
    this.break();
  }

  /** Of a silent one, what was sent may arrive all the same. */
  break(why: "gone" | "silent" = "gone"): void {
    if (this.status === "end") return;
    if (why === "gone") this.#lanes.up.die();
    this.#part();
    this.status = "reconnecting";
    this.#tries = 0;
    this.#retry();
  }

  /** With its process, which does nothing more. */
  die(): void {
    this.#pending.clear();
    this.#listeners.ready.clear();
    this.#listeners.message.clear();
    this.disconnect();
  }

  #part(): void {
    this.#cancelRetry();
    this.#redis.gone(this);
    this.subscriptions.clear();
    this.#lanes.down.die();
    const { timeline } = this.#redis;
    const pending = [...this.#pending];
    this.#pending.clear();
    if (pending.length > 0) this.#redis.noteTrouble();
    timeline.after(0, () => {
      for (const { reject } of pending) {
        reject(new RedisAway("Connection is closed."));
      }
      timeline.settles();
    }, this.#process);
  }

  #retry(): void {
    const { timeline } = this.#redis;
    const longest = Math.min(MAX_RETRY_MS, 20 * 2 ** Math.min(this.#tries, 10));
    this.#tries++;
    this.#cancelRetry();
    this.#cancelRetry = timeline.after(
      Math.ceil(this.#random.next() * longest),
      () => this.#connect(),
      this.#process,
    );
  }

  #connect(): void {
    const { timeline, isAway } = this.#redis;
    if (this.status === "end") return;
    const blockedUntil = Math.max(this.#heldUntil, this.#cutUntil);
    if (isAway || timeline.now < blockedUntil) return this.#retry();
    this.#lanes = this.#newLanes();
    const ready = () => {
      if (this.status === "end") return;
      this.status = "ready";
      for (const channel of this.#wanted) {
        void this.subscribe(channel).catch(() => {});
      }
      for (const run of [...this.#listeners.ready]) run();
      timeline.settles();
    };
    this.#lanes.up.send(() => {
      this.#redis.arrived(this);
      this.#lanes.down.send(ready);
    });
  }

  #newLanes(): Lanes {
    const random = this.#random;
    const common: Omit<LaneOptions<() => void>, "arrive"> = {
      timeline: this.#redis.timeline,
      random,
      latency: () => random.int(0, this.#redis.slowMs) + random.wait(2, 30),
    };
    return {
      up: new Lane({ ...common, arrive: (run) => run() }),
      down: new Lane({
        ...common,
        arrive: (run) => {
          this.#heardAt = this.#redis.timeline.now;
          run();
        },
        process: this.#process,
      }),
    };
  }

  #ask(command: string, args: readonly Argument[]): Promise<Reply> {
    return this.#send(
      command,
      args,
      (answer) => answer(this.#redis.execute(command, args)),
    );
  }

  #send(
    command: string,
    args: readonly Argument[],
    execute: Execute,
  ): Promise<Reply> {
    const redis = this.#redis;
    const { timeline } = redis;
    if (this.status !== "ready") {
      redis.noteTrouble();
      return Promise.reject(new RedisAway("Stream isn't writeable"));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const pending = { askedAt: timeline.now, reject };
    this.#pending.add(pending);
    const { up, down } = this.#lanes;
    const timeoutMs = TIMEOUT_MS + this.#waitsMs;
    const cancel = timeline.after(timeoutMs, () => {
      this.#settle(pending, () => reject(new RedisAway("Command timed out")));
      const isSilent = timeline.now >= this.#heardAt + timeoutMs;
      if (isSilent && this.#lanes.up === up) this.break("silent");
    }, this.#process);
    const settle = (run: () => void) =>
      down.send(() => {
        cancel();
        this.#settle(pending, run);
      });
    up.send(() => {
      try {
        execute((reply) =>
          settle(() => {
            resolve(reply);
            this.onReply(command, args, reply);
          })
        );
      } catch (error) {
        settle(() => reject(error));
      }
    });
    return promise;
  }

  #settle(pending: Pending, run: () => void): void {
    if (!this.#pending.delete(pending)) return;
    const { timeline } = this.#redis;
    const isLate = timeline.now > pending.askedAt + TROUBLE_MS;
    if (isLate && this.#waitsMs === 0) this.#redis.noteTrouble();
    run();
    timeline.settles();
  }
}

type Listen =
  | [event: "ready", run: () => void]
  | [event: "message", run: (channel: string, text: string) => void];
