/**
 * Which rooms run in this process.
 *
 * @module
 */
import type { EndReason } from "../protocol/mod.ts";
import type { SfuLink } from "../sfu/link.ts";
import type { Log } from "../log.ts";
import { Actor, type Core, type TraceStep } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { RoomAnnouncement } from "./announcements.ts";
import type { Announcement } from "./core/effect.ts";
import { type IceServersFor, noIceServers } from "./ice_servers.ts";

export type RegistryOptions = {
  readonly link: SfuLink;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxRooms: number;
  readonly iceServersFor?: IceServersFor;
  /** Makes the core of a new room. */
  readonly createCore: (name: string, epoch: number, now: number) => Core;
  readonly traceStep?: TraceStep;
  readonly onAnnouncement?: (announcement: RoomAnnouncement) => void;
};

/** Of how many rooms that have ended it is known why. */
const MAX_ENDED = 1_000;

type Ended = { readonly epoch: number; readonly reason: EndReason };

export class Registry {
  readonly #options: RegistryOptions;
  readonly #rooms = new Map<string, Actor>();
  readonly #ended = new Map<string, Ended>();
  #state: "open" | "closed" = "open";

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** The room of this name, made if need be. None when there is no place for it. */
  open(name: string): Actor | undefined {
    if (this.#state === "closed") return undefined;
    const room = this.#rooms.get(name);
    if (room !== undefined) return room;
    if (this.#rooms.size >= this.#options.maxRooms) return undefined;
    return this.#create(name);
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
    this.#state = "closed";
    const command = { type: "closeRoom", reason: "serverShutdown" } as const;
    for (const room of [...this.#rooms.values()]) {
      room.post({ type: "admin", command });
    }
  }

  #create(name: string): Actor {
    const { link, clock, log, createCore, onAnnouncement } = this.#options;
    const { iceServersFor = noIceServers, traceStep } = this.#options;
    const now = clock.now();
    // Grows from one stay of a room to the next, also over a restart, with
    // nothing to remember.
    const epoch = Math.floor(now);
    // A room says why it ends, unless it crashes.
    let reason: EndReason = "nodeCrashed";
    let seq = 0;
    const actor = new Actor({
      name,
      epoch,
      link,
      clock,
      log,
      iceServersFor,
      ...(traceStep && { traceStep }),
      core: createCore(name, epoch, now),
      onAnnouncement: (announcement) => {
        if (announcement.type === "roomEnded") reason = reasonOf(announcement);
        onAnnouncement?.({ room: name, epoch, seq: ++seq, announcement });
      },
      onEnd: () => {
        this.#rooms.delete(name);
        this.#remember(name, { epoch, reason });
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

/** Where the room was empty, all who were in it had been evicted. */
function reasonOf(
  { reason }: Extract<Announcement, { type: "roomEnded" }>,
): EndReason {
  return reason === "empty" ? "networkDisconnect" : reason;
}
