/** A room that the processes of a service share, and what may be lost of it. */
import type { AdminCommand } from "../../../rooms/core/input.ts";
import type { Snapshot } from "../../../rooms/core/snapshot/schema.ts";
import type { Referee } from "../referee.ts";
import type { Timeline } from "../timeline.ts";
import type { Watched } from "../watched.ts";
import { Bans } from "./bans.ts";
import { Owners, type OwnersOptions } from "./owners.ts";
import { Promises } from "./promises.ts";
import type { VirtualRedis } from "./redis.ts";

export const PREFIX = "w";
const KEY = `${PREFIX}:room:`;

export const keyOf = (room: string): string => `${KEY}${room}`;
/** Of a key of Redis that is of a room. */
export const roomOf = (key: string): string => key.slice(KEY.length);

/** Milliseconds that what has to be kept may take. */
const TO_KEEP_MS = 3_000;

export type SharedRoomOptions =
  & Pick<OwnersOptions, "journal" | "fail" | "isDeceived">
  & {
    readonly name: string;
    readonly timeline: Timeline;
    readonly redis: VirtualRedis;
    readonly referee: Referee;
    /** A process begins or takes up the room, with what was kept of it. */
    readonly onTaken: OwnersOptions["onTaken"];
    readonly onHandled: OwnersOptions["onHandled"];
  };

export class SharedRoom {
  readonly owners: Owners;
  /** Since when nothing that was said has been lost with a process. */
  crashedAt = -Infinity;
  /** When a process had it last from another one, or from nobody. */
  takenAt = -Infinity;
  readonly #options: SharedRoomOptions;
  /** Whether Redis has lost what was kept, and nothing was kept since. */
  #isForgetful = false;
  /** When that was so last. */
  #forgotAt = -Infinity;
  #handledAt = -Infinity;
  /** Whether the last owner has let go of the room. */
  #isHandedOver = false;
  readonly #promises: Promises;
  readonly #bans: Bans;
  /** Redis need not know yet. */
  #isOver = false;

  constructor(options: SharedRoomOptions) {
    this.#options = options;
    const { timeline, onTaken, onHandled, fail } = options;
    this.#promises = new Promises(fail);
    const bans = this.#bans = new Bans(fail);
    this.owners = new Owners({
      ...options,
      isDeceived: (room) => options.isDeceived(room) || room === this.current,
      onTaken: (kept, now) => {
        this.#taken(kept);
        onTaken(kept, now);
      },
      onHandled: (room, input, effects, now) => {
        this.#handledAt = timeline.now;
        this.#isHandedOver = input.type === "goingAway";
        this.#isOver = effects.some(({ type }) => type === "end");
        bans.handled(input, effects, now);
        onHandled(room, input, effects, now);
      },
    });
  }

  /**
   * As the process has it that Redis says has it: where Redis has lost all, that
   * may be a former owner.
   */
  get current(): Watched | undefined {
    const { redis, name } = this.#options;
    const current = redis.look((space) => {
      const kept = space.hash(keyOf(name));
      const isHeld = Number(kept.get("until")) > space.now;
      return isHeld ? this.owners.at(Number(kept.get("epoch"))) : undefined;
    });
    return this.#isOver && current === this.owners.current
      ? undefined
      : current;
  }

  /** Whether a former owner has it, and nobody keeps books. */
  get isUnwatched(): boolean {
    const { current } = this;
    return current !== undefined && current !== this.owners.current;
  }

  /** Whether Redis has something that is to go on. */
  get isKept(): boolean {
    const { redis, name } = this.#options;
    return redis.look((space) => space.hash(keyOf(name)).has("bytes"));
  }

  /** Redis has lost what was kept: nobody is let in who is not (HO2). */
  isForgiven(latelyMs: number): boolean {
    const { now } = this.#options.timeline;
    return this.#isForgetful || this.#forgotAt > now - latelyMs;
  }

  /** Redis loses some of what was kept, or all. */
  forget(): void {
    this.#isForgetful = true;
    this.owners.forgotten();
  }

  saved(epoch: number): void {
    this.owners.saved(epoch);
    if (epoch !== this.owners.current?.epoch) return;
    if (this.#isForgetful) this.#forgotAt = this.#options.timeline.now;
    this.#isForgetful = false;
  }

  /** An operator was told so. */
  done(command: AdminCommand): void {
    this.#promises.done(command);
    this.#bans.done(command);
  }

  #taken(kept: Snapshot | undefined): void {
    this.takenAt = this.#options.timeline.now;
    this.#isOver = false;
    if (this.#mayHaveForgotten()) {
      this.#promises.forget();
      this.#bans.forget();
    } else {
      this.#promises.check(kept);
      this.#bans.taken();
      if (this.#isHandedOver) return;
    }
    this.crashedAt = this.takenAt;
  }

  /** Whether Redis was in trouble before the owner's end, or has lost it. */
  #mayHaveForgotten(): boolean {
    return this.#isForgetful ||
      this.#options.redis.troubleAt > this.#handledAt - TO_KEEP_MS;
  }
}
