/**
 * All that the rooms of this process announce, in one numbered row, for those
 * who want to follow it: operators, webhooks, metrics.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Announcement } from "./core/effect.ts";

export type { Announcement };

/** What a room announces. */
export type RoomAnnouncement = {
  readonly room: string;
  readonly epoch: number;
  /** Counts the announcements of a room in an epoch, from 1 on, without gaps. */
  readonly seq: number;
  readonly announcement: Announcement;
};

export type Announced = RoomAnnouncement & {
  /** Grows, also from one process to the next. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

export type Listener = (announced: Announced) => void;

export type HubOptions = {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  /** How many are kept for those who come later. */
  readonly capacity?: number;
  /** Ids are given elsewhere (`take`), and others hear of them, too [given here]. */
  readonly isShared?: boolean;
};

const CAPACITY = 1_024;
/** Ids are a time and a number in that millisecond: whoever gives them. */
export const IDS_PER_MS = 1_000;
/** Milliseconds by which the clock of who gives ids may be ahead. */
const MAX_SKEW_MS = 60_000;

export class AnnouncementHub {
  readonly #options: HubOptions;
  readonly #capacity: number;
  readonly #kept: Announced[] = [];
  readonly #listeners = new Set<Listener>();
  #lastId: number;
  /** Of the last one that is not kept any more. */
  #forgotten: number;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? CAPACITY;
    this.#lastId = options.isShared
      ? 0
      : Math.floor(options.clock.now()) * IDS_PER_MS;
    this.#forgotten = this.#lastId;
  }

  /** Of the last announcement, or the one before the first. */
  get lastId(): number {
    return this.#lastId;
  }

  add(announcement: RoomAnnouncement): void {
    const at = Math.round(this.#options.clock.now());
    this.take({ ...announcement, id: this.#lastId + 1, at });
  }

  /** What was numbered elsewhere, where all that come have numbers of there. */
  take(given: Announced): void {
    const announced = given.id > this.#lastId
      ? given
      : { ...given, id: this.#lastId + 1 };
    this.#lastId = announced.id;
    this.#kept.push(announced);
    // Thrown away by halves, so that most announcements move nothing.
    if (this.#kept.length >= 2 * this.#capacity) this.#forget();
    for (const listener of this.#listeners) this.#tell(listener, announced);
  }

  /** What came before is not known here, or not all of it. */
  startAfter(id: number): void {
    this.#kept.length = 0;
    this.#lastId = this.#forgotten = Math.max(id, this.#lastId);
  }

  /** Hears of each from now on; the returned function ends it. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Those after `id`, the oldest first. `isComplete: false`: there were others
   * between, which are not kept any more or were another process's.
   */
  since(id: number): { announced: Announced[]; isComplete: boolean } {
    const isComplete = id >= this.#forgotten &&
      (id <= this.#lastId || this.#isToCome(id));
    return {
      announced: this.#kept.filter((one) => !isComplete || one.id > id),
      isComplete,
    };
  }

  /** Whether others have heard of it sooner. */
  #isToCome(id: number): boolean {
    const { isShared = false, clock } = this.#options;
    return isShared && id < (clock.now() + MAX_SKEW_MS) * IDS_PER_MS;
  }

  #forget(): void {
    const gone = this.#kept.splice(0, this.#kept.length - this.#capacity);
    this.#forgotten = gone.at(-1)?.id ?? this.#forgotten;
  }

  /** Whoever listens must not bring the room down that announces. */
  #tell(listener: Listener, announced: Announced): void {
    try {
      listener(announced);
    } catch (error) {
      this.#options.log.error("listening to announcements failed", { error });
    }
  }
}
