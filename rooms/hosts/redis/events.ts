/**
 * What the rooms of all processes announce, in one row for all of them: a stream
 * in Redis, which each process adds to and follows.
 *
 * @module
 */
import * as z from "zod";
import type { Log } from "../../../log.ts";
import {
  type Announced,
  type AnnouncementHub,
  IDS_PER_MS,
  type RoomAnnouncement,
} from "../../announcements.ts";
import { type Clock, pause } from "../../../clock.ts";
import type { RedisConnection } from "./connect.ts";
import { parseJson } from "./json.ts";

export type EventsOptions = {
  readonly redis: RedisConnection;
  /** For nothing else: it waits in Redis. */
  readonly reader: RedisConnection;
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly hub: Pick<AnnouncementHub, "take" | "startAfter">;
};

/** Kept in Redis, about; each process loads as many when it begins. */
const KEPT = 1_024;
/** Read at a time. */
const BATCH = 256;
/** That wait while Redis is away. */
const MAX_WAITING = 4_096;
const RETRY_MS = 500;
/** Milliseconds that a reader waits in Redis. */
export const BLOCK_MS = 2_000;
/** Before the first entry. */
const NOTHING = "0-0";
/** Rooms, each in each of its epochs, of which it is known what was told last. */
const MAX_TOLD = 16_384;

/** Of a process of this version or the next: what it tells is for those who know it. */
const Told: z.ZodType<Omit<Announced, "id">> = z.object({
  room: z.string(),
  epoch: z.number(),
  seq: z.int(),
  at: z.number(),
  announcement: z.custom<Announced["announcement"]>((value) =>
    typeof value === "object" && value !== null && "type" in value
  ),
});

type Entry = [id: string, fields: string[]];

export class ClusterEvents {
  readonly #options: EventsOptions;
  readonly #waiting: string[] = [];
  /**
   * Of each room in each of its epochs, what was told last, the latest last: a
   * retry may bring it twice, also when another process has the room by then.
   */
  readonly #told = new Map<string, number>();
  #state: "open" | "closed" = "open";
  #writing: Promise<void> | undefined;
  #reading: Promise<void> = Promise.resolve();
  #lastRead = NOTHING;

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  /** Loads what others have announced lately, and follows from there. */
  async begin(): Promise<void> {
    const { redis, hub } = this.#options;
    const entries = await redis.xrevrange(this.#key, "+", "-", "COUNT", KEPT);
    const [oldest = ""] = entries.at(KEPT - 1) ?? [];
    if (oldest !== "") hub.startAfter(numberOf(oldest) - 1);
    for (const entry of entries.reverse()) this.#read(entry);
    this.#reading = this.#follow();
  }

  add(announcement: RoomAnnouncement): void {
    const at = Math.round(this.#options.clock.now());
    this.#waiting.push(JSON.stringify({ ...announcement, at }));
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#options.log.warn("announcement lost to other processes");
    }
    this.#writing ??= this.#write().finally(() => this.#writing = undefined);
  }

  /** What could not be told by then is lost to the others. */
  async close(): Promise<void> {
    this.#state = "closed";
    this.#options.reader.disconnect();
    await this.#writing;
    await this.#reading;
  }

  async #write(): Promise<void> {
    const { redis } = this.#options;
    while (this.#waiting.length > 0) {
      const [text = ""] = this.#waiting;
      try {
        await redis.xadd(this.#key, "MAXLEN", "~", KEPT, "*", "a", text);
        if (this.#waiting[0] === text) this.#waiting.shift();
      } catch (error) {
        if (this.#state === "closed") return;
        this.#options.log.debug("announcement not told yet", { error });
        await pause(this.#options.clock, RETRY_MS);
      }
    }
  }

  async #follow(): Promise<void> {
    const { reader } = this.#options;
    let isBehind = false;
    while (this.#state === "open") {
      try {
        const answer = await reader.xread(
          ...["COUNT", BATCH, "BLOCK", BLOCK_MS] as const,
          ...["STREAMS", this.#key, this.#lastRead] as const,
        );
        const entries = answer?.[0]?.[1] ?? [];
        const [first] = entries;
        if (first === undefined) continue;
        if (isBehind || entries.length >= BATCH) await this.#tellGap(first);
        isBehind = false;
        for (const entry of entries) this.#read(entry);
      } catch {
        isBehind = true;
        if (this.#state === "open") await pause(this.#options.clock, RETRY_MS);
      }
    }
  }

  /** Where Redis has thrown away what was read last, and maybe what came next. */
  async #tellGap([first]: Entry): Promise<void> {
    if (this.#lastRead === NOTHING) return;
    const { redis, hub } = this.#options;
    const known = await redis
      .xrevrange(this.#key, this.#lastRead, "-", "COUNT", 1);
    if (known.length === 0) hub.startAfter(numberOf(first) - 1);
  }

  #read([id, [, text = ""]]: Entry): void {
    this.#lastRead = id;
    const { hub } = this.#options;
    const told = Told.safeParse(parseJson(text)).data;
    if (told === undefined || !this.#isNew(told)) return;
    hub.take({ ...told, id: numberOf(id) });
  }

  #isNew({ room, epoch, seq }: RoomAnnouncement): boolean {
    const key = `${epoch} ${room}`;
    const last = this.#told.get(key) ?? 0;
    if (seq <= last) return false;
    this.#told.delete(key);
    this.#told.set(key, seq);
    if (this.#told.size > MAX_TOLD) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    const [oldest] = this.#told.keys();
    if (oldest !== undefined) this.#told.delete(oldest);
  }

  get #key(): string {
    return `${this.#options.prefix}:events`;
  }
}

/** Of an entry in Redis. */
function numberOf(id: string): number {
  const [ms = 0, number = 0] = id.split("-").map(Number);
  return ms * IDS_PER_MS + Math.min(number, IDS_PER_MS - 1);
}
