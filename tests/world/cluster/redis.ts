/**
 * A Redis that all processes share: it may be slow, away, and come back with
 * what it knew, with a part of it, or with nothing.
 */
import { Buffer } from "node:buffer";
import { Random } from "../random.ts";
import type { Process, Timeline } from "../timeline.ts";
import { RedisLink } from "./redis_link.ts";
import { type Bytes, bytes, Keyspace } from "./keyspace.ts";
import { assume, runScript, type ScriptName, scriptOf } from "./scripts.ts";

export type Argument = string | number | Buffer;
export type Reply = unknown;

/** What is known after it was away: `lostMs`, all but the last milliseconds. */
export type Memory = { readonly lostMs: number };

/** What a replica may lack, at most, in milliseconds. */
const MAX_LAG_MS = 2_000;
/** Milliseconds that a slow one takes. */
const SLOW_MS = 1_500;

type Change = {
  readonly at: number;
  readonly make: (other: Keyspace) => void;
};

/** Is told of each script that was run. */
export type OnScript = (
  name: ScriptName,
  keys: readonly string[],
  args: readonly Bytes[],
) => void;

export class VirtualRedis {
  slowUntil = 0;
  awayUntil = 0;
  /** When it was last slow or away, as who asks has felt it. */
  troubleAt = -Infinity;
  onScript: OnScript = () => {};
  readonly timeline: Timeline;
  readonly #seed: number | string;
  readonly #offset: number;
  readonly #isFencing: boolean;
  #space: Keyspace;
  /** As it was some time ago. */
  #old: Keyspace;
  #changes: Change[] = [];
  readonly #links = new Set<RedisLink>();

  /** `offset`: of its clock, in milliseconds. */
  constructor(
    timeline: Timeline,
    seed: number | string,
    { offset = 0, isFencing = true } = {},
  ) {
    this.timeline = timeline;
    this.#isFencing = isFencing;
    this.#seed = seed;
    this.#offset = offset;
    this.#space = new Keyspace(this.#now);
    this.#old = new Keyspace(this.#now);
  }

  /** For one process; those of other names have luck of their own. */
  connect(process: Process, name: string): RedisLink {
    const random = new Random(`${this.#seed} redis ${name}`);
    return new RedisLink(this, process, random);
  }

  get isAway(): boolean {
    return this.timeline.now < this.awayUntil;
  }

  /** All links break, and none comes back before then. */
  stop(ms: number, { lostMs }: Memory): void {
    this.awayUntil = Math.max(this.awayUntil, this.timeline.now + ms);
    this.noteTrouble();
    this.#forget(lostMs);
    for (const link of [...this.#links]) link.break();
  }

  arrived(link: RedisLink): void {
    this.#links.add(link);
  }

  gone(link: RedisLink): void {
    this.#links.delete(link);
  }

  noteTrouble(): void {
    this.troubleAt = this.timeline.now;
  }

  /** Milliseconds that it takes the longer, at most. */
  get slowMs(): number {
    return this.timeline.now < this.slowUntil ? SLOW_MS : 0;
  }

  /** @throws {Error} what it refuses. */
  execute(command: string, args: readonly Argument[]): Reply {
    const space = this.#space;
    space.now = this.#now;
    const reply = this.#execute(space, command, args);
    this.#remember();
    return reply;
  }

  /** What it knows, for tests. */
  look<T>(at: (space: Keyspace) => T): T {
    this.#space.now = this.#now;
    return at(this.#space);
  }

  #execute(
    space: Keyspace,
    command: string,
    args: readonly Argument[],
  ): Reply {
    const [key = "", value = ""] = args.slice(0, 2).map(String);
    switch (command) {
      case "EVALSHA":
        return this.#runScript(args);
      case "PUBLISH":
        return this.#publish(key, value);
      case "HDEL":
        return space.hdel(key, value);
      case "HMGET":
        return args.slice(1).map((field) =>
          space.hash(key).get(`${field}`) ?? null
        );
      case "ZRANGE":
        return space.zset(key).map(([member]) => member);
      case "PING":
        return "PONG";
      case "FLUSHALL":
        return space.clear();
    }
    throw new Error(`ERR unknown command '${command}'`);
  }

  #runScript([hash, count, ...rest]: readonly Argument[]): Reply {
    const name = scriptOf(`${hash}`);
    const keys = rest.slice(0, Number(count)).map(String);
    const args = rest.slice(Number(count)).map((one) =>
      typeof one === "object" ? one : bytes(one)
    );
    if (!this.#isFencing) assume(this.#space, name, keys, args);
    const reply = runScript(name, this.#space, keys, args);
    this.onScript(name, keys, args);
    return reply;
  }

  #publish(channel: string, text: string): number {
    const heard = [...this.#links].filter((link) =>
      link.subscriptions.has(channel)
    );
    for (const link of heard) link.tell(channel, text);
    return heard.length;
  }

  #remember(): void {
    const { now } = this.timeline;
    const make = this.#space.changes();
    if (make) this.#changes.push({ at: now, make });
    this.#catchUp(now - MAX_LAG_MS);
  }

  #catchUp(until: number): void {
    let [first] = this.#changes;
    while (first && first.at <= until) {
      first.make(this.#old);
      this.#changes.shift();
      [first] = this.#changes;
    }
  }

  #forget(lostMs: number): void {
    if (lostMs === 0) return;
    if (lostMs > MAX_LAG_MS) this.#old.clear();
    else this.#catchUp(this.timeline.now - lostMs);
    this.#changes = [];
    this.#space = this.#old;
    this.#space.changes();
    this.#old = this.#space.copy();
  }

  get #now(): number {
    return this.timeline.now + this.#offset;
  }
}
