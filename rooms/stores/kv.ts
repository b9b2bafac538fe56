/**
 * What is kept of rooms on disk, in Deno KV: for one process at a time.
 *
 * @module
 */
import { z } from "zod";
import type { SnapshotStore, Stored } from "../snapshots.ts";
import { Commits } from "./commits.ts";

export type KvSnapshots = SnapshotStore & {
  /** Resolves when all that was begun is on disk. */
  close(): Promise<void>;
};

type Bytes = Uint8Array<ArrayBuffer>;

/** A value takes 64 KiB, with what surrounds it. */
const CHUNK_BYTES = 60_000;
/** A transaction takes 800 KiB. */
const CHUNKS_A_COMMIT = 12;
const ROOMS = "rooms";
const CHUNKS = "chunks";
const ASIDE = "aside";

/** Says which chunks belong together; written with the last of them. */
const Head = z.object({
  epoch: z.number(),
  /** Of the two that take turns, so that one is whole at any time. */
  turn: z.union([z.literal(0), z.literal(1)]),
  chunks: z.int().min(0),
});
type Head = z.output<typeof Head>;

/** `path`: a file of its own. @throws {Error} when it cannot be opened. */
export async function openKvSnapshots(path: string): Promise<KvSnapshots> {
  return new Snapshots(await Deno.openKv(path));
}

class Snapshots implements KvSnapshots {
  readonly #kv: Deno.Kv;
  readonly #commits: Commits;
  readonly #heads = new Map<string, Head>();
  /** Of each room, what was begun last: one comes after the other. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
    this.#commits = new Commits(kv);
  }

  async load(): Promise<Stored[]> {
    const found: Stored[] = [];
    for await (const entry of this.#kv.list({ prefix: [ROOMS] })) {
      const room = String(entry.key[1]);
      const head = Head.safeParse(entry.value).data;
      // What is wrong with it, whoever decodes it will tell.
      const bytes = head ? await this.#read(room, head) : new Uint8Array();
      if (head) this.#heads.set(room, head);
      found.push({ room, epoch: head?.epoch ?? 0, bytes });
    }
    return found;
  }

  save(room: string, epoch: number, bytes: Bytes): Promise<void> {
    return this.#after(room, () => this.#save(room, epoch, bytes));
  }

  remove(room: string, epoch: number): Promise<void> {
    return this.#after(room, async () => {
      if ((this.#heads.get(room)?.epoch ?? 0) > epoch) return;
      await this.#forget(room);
    });
  }

  setAside({ room, epoch, bytes }: Stored): Promise<void> {
    return this.#after(room, async () => {
      for (const [index, chunk] of [...chunksOf(bytes)].entries()) {
        await this.#kv.set([ASIDE, room, epoch, index], chunk);
      }
      await this.#forget(room);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#last.values());
    this.#kv.close();
  }

  async #read(room: string, { turn, chunks }: Head): Promise<Bytes> {
    const parts: Bytes[] = [];
    const prefix = [CHUNKS, room, turn];
    for await (const { value } of this.#kv.list({ prefix })) {
      if (parts.length === chunks) break;
      if (value instanceof Uint8Array) parts.push(new Uint8Array(value));
    }
    return joined(parts);
  }

  async #save(room: string, epoch: number, bytes: Bytes): Promise<void> {
    const before = this.#heads.get(room);
    if (before && before.epoch > epoch) {
      throw new Error(`Cannot keep room ${room}: epoch ${before.epoch} has it`);
    }
    const turn = before?.turn === 0 ? 1 : 0;
    const chunks = [...chunksOf(bytes)];
    const head: Head = { epoch, turn, chunks: chunks.length };
    let end = 0;
    do {
      const first = end;
      end += CHUNKS_A_COMMIT;
      const part = chunks.slice(first, end);
      await this.#commits.add({
        bytes: part.reduce((sum, { length }) => sum + length, 0),
        write: (transaction) => {
          for (const [index, chunk] of part.entries()) {
            transaction.set([CHUNKS, room, turn, first + index], chunk);
          }
          if (end >= chunks.length) transaction.set([ROOMS, room], head);
        },
      });
    } while (end < chunks.length);
    this.#heads.set(room, head);
  }

  async #forget(room: string): Promise<void> {
    const keys: Deno.KvKey[] = [[ROOMS, room]];
    for await (const { key } of this.#kv.list({ prefix: [CHUNKS, room] })) {
      keys.push(key);
    }
    await this.#commits.add({
      bytes: 0,
      write: (transaction) => keys.forEach((key) => transaction.delete(key)),
    });
    this.#heads.delete(room);
  }

  #after(room: string, act: () => Promise<void>): Promise<void> {
    const last = this.#last.get(room) ?? Promise.resolve();
    const result = last.then(act);
    const settled = result.catch(() => {}).then(() => {
      if (this.#last.get(room) === settled) this.#last.delete(room);
    });
    this.#last.set(room, settled);
    return result;
  }
}

function* chunksOf(bytes: Bytes): Generator<Bytes> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.slice(start, start + CHUNK_BYTES);
  }
}

function joined(parts: readonly Bytes[]): Bytes {
  const bytes = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
