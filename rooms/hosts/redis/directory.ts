/**
 * Which process has which room, and what was kept of it, in Redis.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import * as z from "zod";
import { EndReason } from "../../../protocol/mod.ts";
import type { SnapshotStore, Stored } from "../../snapshots.ts";
import { type RedisConnection, runScript } from "./connect.ts";
import { parseJson } from "./json.ts";
import * as scripts from "./scripts.ts";

export type DirectoryOptions = {
  readonly redis: RedisConnection;
  /** Of all keys. */
  readonly prefix: string;
  /** Of this process. */
  readonly node: string;
  readonly leaseMs: number;
};

/** What is known of a room that is over. */
export const Ended = z.object({
  /** Of its first owner and its last. */
  since: z.number(),
  epoch: z.number(),
  reason: EndReason,
  bans: z.array(z.object({ identity: z.string(), until: z.number() }))
    .readonly(),
});
export type Ended = z.infer<typeof Ended>;

export type Placed =
  /** Of another process, for so many milliseconds, if it does not renew. */
  | {
    readonly type: "held";
    readonly owner: string;
    readonly leftMs: number;
  }
  /** Redis has lost its data: whether somebody has it is known in so many ms. */
  | { readonly type: "wait"; readonly leftMs: number }
  | { readonly type: "none"; readonly ended: Ended | undefined }
  | {
    readonly type: "yours";
    readonly epoch: number;
    /** What was kept of it; missing: it is new. */
    readonly bytes: Uint8Array<ArrayBuffer> | undefined;
    readonly ended: Ended | undefined;
  };

/** Of a room. */
export type Ownership = {
  /** Under which it was given to somebody last; 0: never, as far as is known. */
  readonly epoch: number;
  /** The process that has it now. */
  readonly owner: string | undefined;
};

export type Owned = { readonly room: string; readonly epoch: number };

const ASIDE_MS = 7 * 86_400_000;

export class Directory implements SnapshotStore {
  readonly #options: DirectoryOptions;
  /** Of all rooms. */
  #saves = 0;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** Where Redis knows nothing yet: others may have had rooms in the one before. */
  async begin(): Promise<void> {
    await this.#run(scripts.begin, [this.#began], []);
  }

  /** Takes a room that nobody has; `kept`: only if it was kept. */
  async place(room: string, which: "any" | "kept"): Promise<Placed> {
    const { node, leaseMs } = this.#options;
    const [type, second, third, fourth] = await this.#run(
      scripts.place,
      [this.#room(room), this.#rooms, this.#began],
      [node, leaseMs, room, which],
    );
    if (type?.toString() === "held") {
      return {
        type: "held",
        owner: String(second),
        leftMs: Number(third),
      };
    }
    if (type?.toString() === "wait") {
      return { type: "wait", leftMs: Number(second) };
    }
    if (type?.toString() === "none") {
      return { type: "none", ended: endedOf(second) };
    }
    const bytes = third && third.length > 0 ? bytesOf(third) : undefined;
    return {
      type: "yours",
      epoch: Number(second),
      bytes,
      ended: endedOf(fourth),
    };
  }

  async ownership(room: string): Promise<Ownership> {
    const keys = [this.#room(room)];
    const [epoch, owner] = await this.#run(scripts.ownership, keys, []);
    return { epoch: Number(epoch ?? 0), owner: owner?.toString() };
  }

  /** `anew`: Redis had lost them; they have to be kept again. */
  async renew(
    rooms: readonly Owned[],
  ): Promise<{ lost: Set<string>; anew: Set<string> }> {
    const { node, leaseMs } = this.#options;
    const names = await this.#run(
      scripts.renew,
      [this.#rooms, this.#room("")],
      [node, leaseMs, ...rooms.flatMap(({ room, epoch }) => [room, epoch])],
    );
    const all = names.map(String);
    const middle = all.indexOf("/");
    return {
      lost: new Set(all.slice(0, middle)),
      anew: new Set(all.slice(middle + 1)),
    };
  }

  async release({ room, epoch }: Owned): Promise<void> {
    const args = [this.#options.node, epoch, room];
    const keys = [this.#room(room), this.#rooms];
    await ifMine(this.#run(scripts.release, keys, args));
  }

  async end(room: string, ended: Ended): Promise<void> {
    const { node } = this.#options;
    const keys = [this.#room(room), this.#rooms];
    const args = [node, ended.epoch, room, JSON.stringify(ended)];
    await ifMine(this.#run(scripts.end, keys, args));
  }

  /** Rooms that were kept, and that nobody has. */
  async orphans(limit: number): Promise<string[]> {
    return (await this.#run(scripts.orphans, [this.#rooms], [limit]))
      .map(String);
  }

  async load(): Promise<Stored[]> {
    const { redis } = this.#options;
    const names = await redis.zrange(this.#rooms, "0", "-1");
    const stored = await Promise.all(names.map(async (room) => {
      const key = this.#room(room);
      const [epoch, bytes] = await redis.hmgetBuffer(key, "epoch", "bytes");
      if (!epoch || !bytes) return [];
      return [{ room, epoch: Number(epoch), bytes: bytesOf(bytes) }];
    }));
    return stored.flat();
  }

  async save(
    room: string,
    epoch: number,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    const args = [this.#options.node, epoch, bytes, ++this.#saves];
    const { redis } = this.#options;
    const keys = [this.#room(room)];
    await runScript(redis, scripts.save, keys, args);
  }

  /** With what is known of the end, `end` does it; this is for all other cases. */
  async remove(_room: string, _epoch: number): Promise<void> {}

  async setAside({ room, epoch }: Stored): Promise<void> {
    const { redis, prefix, node } = this.#options;
    const aside = `${prefix}:aside:${room}:${epoch}`;
    const keys = [this.#room(room), aside];
    const args = [node, epoch, ASIDE_MS];
    await ifMine(runScript(redis, scripts.setAside, keys, args));
  }

  get #rooms(): string {
    return `${this.#options.prefix}:rooms`;
  }

  get #began(): string {
    return `${this.#options.prefix}:began`;
  }

  #room(name: string): string {
    return `${this.#options.prefix}:room:${name}`;
  }

  async #run(
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<Buffer[]> {
    const { redis } = this.#options;
    const answer = await runScript(redis, script, keys, args);
    return Array.isArray(answer) ? answer.filter(Buffer.isBuffer) : [];
  }
}

/** There is nothing to be done with a room that belongs to somebody else. */
async function ifMine(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!scripts.isFenced(error)) throw error;
  }
}

const bytesOf = (buffer: Buffer): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer);

function endedOf(text: Buffer | undefined): Ended | undefined {
  if (text === undefined || text.length === 0) return undefined;
  return Ended.safeParse(parseJson(text.toString())).data;
}
