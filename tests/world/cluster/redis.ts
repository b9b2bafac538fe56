/**
 * A Redis that all processes share: it may be slow, away, and come back with
 * what it knew, with a part of it, or with nothing.
 */
import { Buffer } from "node:buffer";
import type { Fence } from "../backend.ts";
import { Random } from "../random.ts";
import type { Process, Timeline } from "../timeline.ts";
import { RedisLink } from "./redis_link.ts";
import { type Bytes, bytes, isAfter, Keyspace } from "./keyspace.ts";
import { assume, runScript, type ScriptName, scriptOf } from "./scripts.ts";

export type Argument = string | number | Buffer;
export type Reply = unknown;

/** What is known after it was away: `lostMs`, all but the last milliseconds. */
export type Memory = { readonly lostMs: number };

/** What a replica may lack, at most, in milliseconds. */
const MAX_LAG_MS = 2_000;
/** Milliseconds that a slow one takes. */
const SLOW_MS = 1_500;

type Reader = {
  readonly link: RedisLink;
  readonly key: string;
  readonly after: string;
  readonly answer: (reply: Reply) => void;
};

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
  /** Is told of each text that is added to a stream. */
  onAdd: (text: string) => void = () => {};
  readonly timeline: Timeline;
  readonly #seed: number | string;
  readonly #offset: number;
  readonly #without: Fence | undefined;
  #added = 0;
  #space: Keyspace;
  /** As it was some time ago. */
  #old: Keyspace;
  #changes: Change[] = [];
  readonly #links = new Set<RedisLink>();
  /** Who waits for news of a stream. */
  readonly #readers = new Set<Reader>();

  /** `offset`: of its clock, in milliseconds. */
  constructor(
    timeline: Timeline,
    seed: number | string,
    { offset = 0, without }: { offset?: number; without?: Fence } = {},
  ) {
    this.timeline = timeline;
    this.#without = without;
    this.#seed = seed;
    this.#offset = offset;
    this.#space = new Keyspace(this.#now);
    this.#old = new Keyspace(this.#now);
  }

  /** For one process; those of other names have luck of their own. */
  connect(process: Process, name: string, waitsMs = 0): RedisLink {
    const random = new Random(`${this.#seed} redis ${name}`);
    return new RedisLink(this, process, random, waitsMs);
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
    for (const reader of this.#readers) {
      if (reader.link === link) this.#readers.delete(reader);
    }
  }

  /** Answers when there is something, or after `blockMs` with nothing. */
  read(
    link: RedisLink,
    { key, after, blockMs }: { key: string; after: string; blockMs: number },
    answer: (reply: Reply) => void,
  ): void {
    const reader: Reader = { link, key, after, answer };
    this.#readers.add(reader);
    this.look((space) => this.#tell(space, reader));
    this.timeline.after(blockMs, () => {
      if (this.#readers.delete(reader)) answer(null);
    });
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
      case "XADD":
        return this.#add(space, args.map(String));
      case "XREVRANGE":
        return space.stream(key)
          .filter(([id]) => value === "+" || !isAfter(id, value))
          .toReversed().slice(0, Number(args[4]));
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
    if (this.#without === "redis") assume(this.#space, name, keys, args);
    if (this.#without === name) return [];
    const reply = runScript(name, this.#space, keys, args);
    this.onScript(name, keys, args);
    return reply;
  }

  #add(space: Keyspace, [key = "", , , count, , ...fields]: string[]): string {
    this.onAdd(fields[1] ?? "");
    if (this.#without === "events" && ++this.#added % 7 === 0) return "0-1";
    const id = space.xadd(key, Number(count), fields);
    for (const reader of this.#readers) this.#tell(space, reader);
    return id;
  }

  #tell(space: Keyspace, reader: Reader): void {
    const { key, after, answer } = reader;
    const news = space.stream(key).filter(([id]) => isAfter(id, after));
    if (news.length === 0) return;
    this.#readers.delete(reader);
    answer([[key, news]]);
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
