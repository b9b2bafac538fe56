/**
 * Which rooms run in this process.
 *
 * @module
 */
import type { EndReason, Policy } from "../protocol/mod.ts";
import type { SfuLink } from "../sfu/link.ts";
import type { Log } from "../log.ts";
import { Actor, type Core, type TraceStep } from "./actor.ts";
import type { RoomsState } from "./admin.ts";
import type { RoomAnnouncement } from "./announcements.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Clock } from "./clock.ts";
import type { Ban } from "./core/admin/bans.ts";
import type { RoomSettings } from "./core/state.ts";
import { type IceServersFor, noIceServers } from "./ice_servers.ts";
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
  readonly traceStep?: TraceStep;
  readonly onAnnouncement?: (announcement: RoomAnnouncement) => void;
};

/** Of how many rooms that have ended it is known why. */
const MAX_ENDED = 1_000;

type Ended = {
  readonly epoch: number;
  readonly reason: EndReason;
  readonly bans: readonly Ban[];
};

export class Registry {
  readonly #options: RegistryOptions;
  readonly #rooms = new Map<string, Actor>();
  readonly #ended = new Map<string, Ended>();
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
  create(name: string, policy: Policy): Actor | undefined {
    const canBegin = this.#state === "open" && !this.isFull &&
      !this.#rooms.has(name);
    return canBegin ? this.#create(name, policy) : undefined;
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

  /** Why the room that had this epoch has ended; for who comes back to it. */
  reasonOfEnd(name: string, epoch: number): EndReason | undefined {
    const ended = this.#ended.get(name);
    return ended?.epoch === epoch ? ended.reason : undefined;
  }

  /** Ends every room, and lets none begin. */
  close(): void {
    this.#state = "closing";
    const command = { type: "closeRoom", reason: "serverShutdown" } as const;
    for (const room of this.rooms) room.command(command);
  }

  #create(name: string, policy: Policy): Actor {
    const { link, clock, log, createCore, authenticate } = this.#options;
    const { iceServersFor = noIceServers, traceStep } = this.#options;
    const bans = this.#ended.get(name)?.bans ?? [];
    const now = clock.now();
    // Grows from one stay of a room to the next, also over a restart, with
    // nothing to remember.
    const epoch = Math.floor(now);
    const story = new Story(name, epoch, this.#options.onAnnouncement);
    const actor = new Actor({
      name,
      epoch,
      link,
      clock,
      log,
      authenticate,
      iceServersFor,
      ...(traceStep && { traceStep }),
      core: createCore({ name, epoch, policy, bans }, now),
      onAnnouncement: (announcement) => story.add(announcement),
      onEnd: (bans) => {
        this.#rooms.delete(name);
        this.#remember(name, { epoch, reason: story.end(), bans });
      },
    });
    this.#rooms.set(name, actor);
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
