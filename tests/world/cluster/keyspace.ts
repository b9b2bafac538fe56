/** What a Redis knows: strings, hashes, sorted sets and streams, some for a while. */
import { Buffer } from "node:buffer";

export type Bytes = Buffer;
export type Hash = Map<string, Bytes>;
/** Of a stream, the oldest first; ids are a time and a number in it. */
export type Entry = readonly [id: string, fields: readonly string[]];
type Value = Bytes | Hash | Map<string, number> | readonly Entry[];
type Kept = { readonly value: Value; readonly until: number };

export const bytes = (text: string | number): Bytes => Buffer.from(`${text}`);

export class Keyspace {
  readonly #kept = new Map<string, Kept>();
  /** Of what was written or deleted since it was asked last. */
  #touched = new Set<string>();
  /** Milliseconds since 1970, by the clock of who has it. */
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  string(key: string): Bytes | undefined {
    const value = this.#get(key);
    return value instanceof Buffer ? value : undefined;
  }

  setString(key: string, value: Bytes, ttl = Infinity): void {
    this.#set(key, value, this.now + ttl);
  }

  hash(key: string): ReadonlyMap<string, Bytes> {
    const value = this.#get(key);
    return value instanceof Map ? value as Hash : new Map();
  }

  hset(key: string, fields: Readonly<Record<string, Bytes>>): void {
    const until = this.#find(key)?.until;
    this.#set(
      key,
      new Map([...this.hash(key), ...Object.entries(fields)]),
      until,
    );
  }

  /** How many there were. */
  hdel(key: string, ...fields: string[]): number {
    const hash = new Map(this.hash(key));
    const count = fields.filter((field) => hash.delete(field)).length;
    if (count === 0) return 0;
    if (hash.size === 0) this.delete(key);
    else this.#set(key, hash, this.#find(key)?.until);
    return count;
  }

  /** Members by their scores, the lowest first. */
  zset(key: string): [member: string, score: number][] {
    const set = this.#get(key);
    if (!(set instanceof Map)) return [];
    return [...set as Map<string, number>].sort(([a, one], [b, other]) =>
      one - other || (a < b ? -1 : 1)
    );
  }

  zadd(key: string, score: number, member: string): void {
    this.#set(key, new Map([...this.zset(key), [member, score]]));
  }

  zrem(key: string, member: string): void {
    const set = new Map(this.zset(key));
    if (!set.delete(member)) return;
    if (set.size === 0) this.delete(key);
    else this.#set(key, set);
  }

  stream(key: string): readonly Entry[] {
    const value = this.#get(key);
    return Array.isArray(value) ? value : [];
  }

  /** The id of the new entry; of all, the last `count` are kept. */
  xadd(key: string, count: number, fields: readonly string[]): string {
    const entries = this.stream(key);
    const last = entries.at(-1)?.[0] ?? "0-0";
    const now = `${Math.floor(this.now)}-0`;
    const id = isAfter(now, last) ? now : following(last);
    this.#set(key, [...entries, [id, fields] as const].slice(-count));
    return id;
  }

  expire(key: string, ttl: number): void {
    const kept = this.#find(key);
    if (kept) this.#set(key, kept.value, this.now + ttl);
  }

  persist(key: string): void {
    const kept = this.#find(key);
    if (kept) this.#set(key, kept.value);
  }

  /** Milliseconds that it stays; as Redis has it, -1: forever, -2: there is none. */
  ttl(key: string): number {
    const { until } = this.#find(key) ?? { until: this.now - 2 };
    return until === Infinity ? -1 : until - this.now;
  }

  delete(key: string): void {
    this.#touched.add(key);
    this.#kept.delete(key);
  }

  clear(): void {
    for (const key of [...this.#kept.keys()]) this.delete(key);
  }

  /** What was written since this was asked last, for another one. */
  changes(): ((other: Keyspace) => void) | undefined {
    if (this.#touched.size === 0) return undefined;
    const touched = [...this.#touched].map((key) =>
      [key, this.#kept.get(key)] as const
    );
    this.#touched = new Set();
    return (other) => {
      for (const [key, kept] of touched) {
        if (kept === undefined) other.#kept.delete(key);
        else other.#kept.set(key, kept);
      }
    };
  }

  /** Whatever is there, for people and tests. */
  dump(key: string): string[] {
    const value = this.#get(key);
    if (value === undefined) return [];
    if (value instanceof Map) return [...value].flat().map(String);
    return Array.isArray(value) ? value.flat(2) : [value.toString()];
  }

  copy(): Keyspace {
    const copy = new Keyspace(this.now);
    for (const [key, kept] of this.#kept) copy.#kept.set(key, kept);
    return copy;
  }

  #get(key: string): Value | undefined {
    return this.#find(key)?.value;
  }

  #find(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.until > this.now) return kept;
    this.#kept.delete(key);
  }

  /** What was there before is not changed: others may have it too. */
  #set(key: string, value: Value, until = Infinity): void {
    this.#touched.add(key);
    this.#kept.set(key, { value, until });
  }
}

/** Of the ids of two entries. */
export function isAfter(one: string, other: string): boolean {
  const [ms, number] = partsOf(one);
  const [otherMs, otherNumber] = partsOf(other);
  return ms > otherMs || (ms === otherMs && number > otherNumber);
}

function following(id: string): string {
  const [ms, number] = partsOf(id);
  return `${ms}-${number + 1}`;
}

function partsOf(id: string): readonly [ms: number, number: number] {
  const [ms = 0, number = 0] = id.split("-").map(Number);
  return [ms, number];
}
