/**
 * The rooms that this process runs, each under a lease: a room does nothing once
 * its lease is over, is given up for another process, and is known in Redis to be
 * over when it has ended.
 *
 * @module
 */
import type { Actor } from "../../actor.ts";
import type { Policy } from "../../../protocol/mod.ts";
import { pause } from "../../../clock.ts";
import type { Core } from "../../core/core.ts";
import { decode } from "../../core/snapshot/decode.ts";
import { Registry, type RegistryOptions } from "../../registry.ts";
import type { Directory, Ended, Owned, Placed } from "./directory.ts";
import { fencedStore } from "./fenced_store.ts";
import { GuardedCore } from "./guard.ts";
import { Keeper } from "./keeper.ts";
import { Leftovers } from "./leftovers.ts";
import { roomUrl } from "./nodes.ts";
import type { Turns } from "./turns.ts";

export type LeasedRoomsOptions = Omit<RegistryOptions, "snapshots"> & {
  readonly leaseMs: number;
  readonly directory: Directory;
  readonly turns: Turns;
  /** It is not run here any more, though it has not ended. */
  readonly onGivenUp?: (room: { name: string; epoch: number }) => void;
};

/** A lease on a room, as Redis has given it. */
export type Yours = Extract<Placed, { type: "yours" }>;

/** Until another try to tell Redis that a room has ended. */
const RETRY_MS = 200;
/** The next owner is there at once; over some time, so that it is not flooded. */
const COME_BACK = {
  type: "goingAway",
  resumeInMs: 50,
  overMs: 500,
  offset: 0,
} as const;

export class LeasedRooms {
  readonly registry: Registry;
  readonly #options: LeasedRoomsOptions;
  readonly #keeper: Keeper;
  readonly #leftovers: Leftovers;

  constructor(options: LeasedRoomsOptions) {
    this.#options = options;
    const { directory, turns } = options;
    this.#keeper = new Keeper({
      ...options,
      onLost: (owned) => this.lost(owned),
      onAnew: ({ room }) => this.registry.find(room)?.keepAgain(),
    });
    this.#leftovers = new Leftovers({
      ...options,
      ask: () => directory.orphans(1),
    });
    this.registry = new Registry({
      ...options,
      ...this.#guarded(options),
      snapshots: fencedStore(directory, (owned) => this.lost(owned)),
      entersWhenKept: true,
      onFenced: (room, epoch) => this.lost({ room, epoch }),
      onRouterLeft: (id, epoch) => this.#leftovers.add(id, epoch),
      onEnded: (room, ended) => {
        this.#keeper.drop({ room, epoch: ended.epoch });
        void turns.take(room, () => this.#keepEnd(room, ended));
      },
    });
  }

  find(room: string): Actor | undefined {
    return this.registry.find(room);
  }

  /** `askedAt`: for the lease. None where there is no place for it. */
  begin(
    room: string,
    { epoch, ended }: Yours,
    askedAt: number,
    policy: Policy,
  ): Actor | undefined {
    this.#keeper.granted({ room, epoch }, askedAt);
    const bans = ended?.bans ?? [];
    const begun = this.registry.create(room, policy, { epoch, bans });
    if (begun === undefined) this.#keeper.drop({ room, epoch });
    return begun;
  }

  /** None where nothing was kept of it, or it cannot be read. */
  restore(
    room: string,
    { epoch, bytes }: Yours,
    askedAt: number,
  ): Actor | undefined {
    if (bytes === undefined) return undefined;
    const { log, directory } = this.#options;
    try {
      const decoded = decode(bytes);
      if (!decoded.ok) throw new Error(decoded.reason);
      this.#keeper.granted({ room, epoch }, askedAt);
      const actor = this.registry.restore(decoded.snapshot, epoch);
      if (actor) log.info("room taken up", { room, epoch });
      return actor;
    } catch (error) {
      this.#keeper.drop({ room, epoch });
      log.error("snapshot set aside", { room, epoch, error });
      directory.setAside({ room, epoch, bytes }).catch(() => {});
      return undefined;
    }
  }

  /**
   * What is true now is kept, and the next owner may have it at once. `publicUrl`:
   * where that one is, if it is to be another place for clients.
   */
  giveUp(room: string, publicUrl?: string): Promise<void> {
    return this.#options.turns.take(
      room,
      () => this.#giveUpNow(room, publicUrl),
    );
  }

  /** Somebody else has it by now, or may have it at once. */
  lost({ room, epoch }: Owned): void {
    if (this.find(room)?.epoch !== epoch) return;
    this.#keeper.drop({ room, epoch });
    this.registry.abandon(room);
    this.#options.onGivenUp?.({ name: room, epoch });
  }

  /** Redis is there again, and may have lost what it knew. */
  reconnected(): void {
    this.#keeper.renewNow();
  }

  /** Gives all of them up. */
  async close(): Promise<void> {
    await Promise.all(
      this.registry.rooms.map(({ name }) => this.giveUp(name)),
    );
    this.registry.close();
    this.#keeper.close();
    this.#leftovers.close();
  }

  /** Looks after none of them any more. */
  abort(): void {
    this.#keeper.close();
    this.#leftovers.close();
  }

  #guarded({ createCore, restoreCore }: LeasedRoomsOptions) {
    const guard = (room: string, epoch: number, core: Core) =>
      new GuardedCore(core, () => this.#keeper.isHeld({ room, epoch }));
    const options: Pick<RegistryOptions, "createCore" | "restoreCore"> = {
      createCore: (settings, now) =>
        guard(settings.name, settings.epoch, createCore(settings, now)),
      ...(restoreCore && {
        restoreCore: (state) =>
          guard(state.name, state.epoch, restoreCore(state)),
      }),
    };
    return options;
  }

  async #keepEnd(room: string, ended: Ended): Promise<void> {
    const { directory, clock, leaseMs, log } = this.#options;
    const until = clock.now() + leaseMs;
    while (clock.now() < until) {
      try {
        return await directory.end(room, ended);
      } catch (error) {
        log.debug("end of a room not kept", { room, error });
      }
      await pause(clock, RETRY_MS);
    }
    log.warn("end of a room not kept", { room, epoch: ended.epoch });
  }

  async #giveUpNow(room: string, publicUrl?: string): Promise<void> {
    const actor = this.find(room);
    if (actor === undefined) return;
    const { epoch } = actor;
    const url = roomUrl(publicUrl, room);
    await this.registry.handOver(room, { ...COME_BACK, ...(url && { url }) });
    this.#keeper.drop({ room, epoch });
    const { directory, log, onGivenUp } = this.#options;
    onGivenUp?.({ name: room, epoch });
    log.info("room given up", { room, epoch });
    await directory.release({ room, epoch }).catch(() => {});
  }
}
