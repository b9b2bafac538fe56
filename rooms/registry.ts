/**
 * Which rooms run in this process.
 *
 * @module
 */
import type { EndReason, Policy } from "../protocol/mod.ts";
import type { SfuLink } from "../sfu/link.ts";
import type { Log } from "../log.ts";
import { Actor } from "./actor.ts";
import type { RoomsState } from "./admin.ts";
import type { RoomAnnouncement } from "./announcements.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Clock } from "../clock.ts";
import type { Ban } from "./core/bans.ts";
import type { Core, TraceStep } from "./core/core.ts";
import { firstEpochOf, restore } from "./core/snapshot/restore.ts";
import type { Snapshot } from "./core/snapshot/schema.ts";
import type { GoingAway } from "./core/input.ts";
import type { RoomSettings, RoomState } from "./core/state.ts";
import { type IceServersFor, noIceServers } from "./ice_servers.ts";
import { SavePace } from "./save_pace.ts";
import type { SnapshotStore } from "./snapshots.ts";
import { Story } from "./story.ts";

export type RegistryOptions = {
  readonly link: SfuLink;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxRooms: number;
  readonly authenticate: Authenticate;
  /** Of rooms that are made by a join. */
  readonly policy: Policy;
  readonly iceServersFor?: IceServersFor;
  /** Makes the core of a new room. */
  readonly createCore: (settings: RoomSettings, now: number) => Core;
  /** Makes the core of one that was kept. */
  readonly restoreCore?: (state: RoomState) => Core;
  /** Where rooms are kept; missing: they die with the process. */
  readonly snapshots?: SnapshotStore;
  /** Whether nobody is let in who is not kept: others may go on with the rooms. */
  readonly entersWhenKept?: boolean;
  readonly traceStep?: TraceStep;
  readonly onAnnouncement?: (announcement: RoomAnnouncement) => void;
  readonly onEnded?: (name: string, ended: Ended) => void;
  /** The sidecar obeys a newer epoch of this room; missing: its router is lost. */
  readonly onFenced?: (name: string, epoch: number) => void;
  /** Of a room that is let go of, under this epoch. */
  readonly onRouterLeft?: (routerId: string, epoch: number) => void;
};

/** What somebody else knows better of a room that begins. */
export type Given = {
  /** Greater than those of all its former owners. */
  readonly epoch: number;
  readonly bans: readonly Ban[];
};

/** Its multiples lie far from each other, and never on a fraction of a whole. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Of how many rooms that have ended it is known why. */
const MAX_ENDED = 1_000;

export type Ended = {
  readonly epoch: number;
  /** Of its first owner. */
  readonly since: number;
  readonly reason: EndReason;
  readonly bans: readonly Ban[];
};

type Begun = {
  readonly name: string;
  readonly epoch: number;
  /** Of its first owner. */
  readonly since: number;
  readonly core: Core;
  /** How many announcements there were under former epochs. */
  readonly announced: number;
  readonly isRestored: boolean;
};

export class Registry {
  readonly #options: RegistryOptions;
  readonly #savePace = new SavePace();
  readonly #rooms = new Map<string, Actor>();
  readonly #ended = new Map<string, Ended>();
  readonly #since = new WeakMap<Actor, number>();
  #state: RoomsState = "open";

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#rooms.size;
  }

  get state(): RoomsState {
    return this.#state;
  }

  get rooms(): Actor[] {
    return [...this.#rooms.values()];
  }

  get isFull(): boolean {
    return this.#rooms.size >= this.#options.maxRooms;
  }

  /** The room of this name, made if need be. None when there is no place for it. */
  open(name: string): Actor | undefined {
    return this.#rooms.get(name) ?? this.create(name, this.#options.policy);
  }

  /** None when it cannot begin: one of this name is there, or no place for it. */
  create(name: string, policy: Policy, given?: Given): Actor | undefined {
    const canBegin = this.#state === "open" && !this.isFull &&
      !this.#rooms.has(name);
    return canBegin ? this.#create(name, policy, given) : undefined;
  }

  /** Until it is taken back, no room begins; those that are there go on. */
  drain(isDraining: boolean): void {
    if (this.#state === "closing") return;
    this.#state = isDraining ? "draining" : "open";
  }

  /** The room of this name, if it is there. */
  find(name: string): Actor | undefined {
    return this.#rooms.get(name);
  }

  /** Goes on with a room that was kept, if no room of its name is there. */
  restore(
    kept: Snapshot,
    epoch = Math.max(Math.floor(this.#options.clock.now()), kept.epoch + 1),
  ): Actor | undefined {
    const { clock, restoreCore } = this.#options;
    const { name, announced } = kept;
    if (restoreCore === undefined || this.#rooms.has(name)) return undefined;
    const now = clock.now();
    const core = restoreCore(restore(kept, epoch, now));
    const since = firstEpochOf(kept);
    const isRestored = true;
    return this.#add({ name, epoch, since, core, announced, isRestored });
  }

  /**
   * Why a session of the room that had this epoch is over, if that is known; for
   * who comes back to it. What a room does not remember ended with a grace.
   */
  reasonOfEnd(name: string, epoch: number): EndReason | undefined {
    const room = this.#rooms.get(name);
    const since = room && this.#since.get(room);
    if (since !== undefined && epoch >= since) return "networkDisconnect";
    const ended = this.#ended.get(name);
    if (ended === undefined || epoch < ended.since) return undefined;
    return epoch <= ended.epoch ? ended.reason : undefined;
  }

  /** Drops a room that belongs to another process by now. */
  abandon(name: string): void {
    this.#rooms.get(name)?.abandon();
    this.#rooms.delete(name);
  }

  /** Lets go of one room, which is kept for another process. */
  async handOver(name: string, notice: GoingAway): Promise<void> {
    const room = this.#rooms.get(name);
    await room?.suspend(notice);
    if (this.#rooms.get(name) === room) this.#rooms.delete(name);
  }

  /** Ends every room, and lets none begin. */
  close(): void {
    this.#state = "closing";
    const command = { type: "closeRoom", reason: "serverShutdown" } as const;
    for (const room of this.rooms) room.command(command);
  }

  /**
   * Lets no room begin, and lets go of all, which are kept for the next process;
   * resolves with how many there are. `overMs`: for those who are in them to come
   * back.
   */
  async suspend(resumeInMs: number, overMs: number): Promise<number> {
    this.#state = "closing";
    const { rooms } = this;
    await Promise.all(rooms.map((room, index) =>
      room.suspend({
        type: "goingAway",
        resumeInMs,
        overMs,
        offset: (index * GOLDEN) % 1,
      })
    ));
    return rooms.length;
  }

  #create(name: string, policy: Policy, given?: Given): Actor {
    const { clock, createCore } = this.#options;
    const now = clock.now();
    // Grows from one stay of a room to the next, also over a restart, with
    // nothing to remember.
    const { epoch, bans } = given ??
      { epoch: Math.floor(now), bans: this.#ended.get(name)?.bans ?? [] };
    const core = createCore({ name, epoch, policy, bans }, now);
    const isRestored = false;
    return this.#add({
      name,
      epoch,
      since: epoch,
      core,
      announced: 0,
      isRestored,
    });
  }

  #add(
    { name, epoch, since, core, announced, isRestored }: Begun,
  ): Actor {
    const { link, clock, log, authenticate, snapshots } = this.#options;
    const { iceServersFor = noIceServers, traceStep } = this.#options;
    const { onAnnouncement, onFenced, onRouterLeft } = this.#options;
    const { entersWhenKept = false } = this.#options;
    const story = new Story(name, epoch, onAnnouncement, announced);
    const actor = new Actor({
      name,
      epoch,
      link,
      clock,
      log,
      authenticate,
      iceServersFor,
      ...(traceStep && { traceStep }),
      ...(snapshots && { snapshots }),
      savePace: this.#savePace,
      isRestored,
      entersWhenKept,
      core,
      ...(onFenced && { onFenced: () => onFenced(name, epoch) }),
      ...(onRouterLeft && {
        onRouterLeft: (routerId) => onRouterLeft(routerId, epoch),
      }),
      onAnnouncement: (announcement) => story.add(announcement),
      onEnd: (bans) => {
        this.#rooms.delete(name);
        const ended = { epoch, since, reason: story.end(), bans };
        this.#remember(name, ended);
        this.#options.onEnded?.(name, ended);
      },
    });
    this.#rooms.set(name, actor);
    this.#since.set(actor, since);
    actor.start();
    return actor;
  }

  #remember(name: string, ended: Ended): void {
    this.#ended.delete(name);
    this.#ended.set(name, ended);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) {
      this.#ended.delete(oldest);
    }
  }
}
