/**
 * Takes rooms that nobody has: a kept one goes on here, another one begins.
 *
 * @module
 */
import type { Policy } from "../../../protocol/mod.ts";
import type { Actor } from "../../actor.ts";
import { type Clock, pause } from "../../../clock.ts";
import type { Wanted } from "./arrival.ts";
import type { Directory, Placed } from "./directory.ts";
import type { LeasedRooms, Yours } from "./leased_rooms.ts";
import type { Turns } from "./turns.ts";

export type PlacingOptions = {
  readonly directory: Directory;
  readonly rooms: LeasedRooms;
  readonly turns: Turns;
  readonly clock: Clock;
  /** Of rooms that are made by a join. */
  readonly policy: Policy;
};

/** It is here, or why not. */
export type Taken = Exclude<Placed, Yours> | Actor;

export const isHere = (taken: Taken): taken is Actor => !("type" in taken);

/** Between two looks whether anybody has a room that Redis has forgotten. */
const WAIT_MS = 200;

export class Placing {
  readonly #options: PlacingOptions;
  readonly #placing = new Map<string, Promise<Taken>>();

  constructor(options: PlacingOptions) {
    this.#options = options;
  }

  /** At one time once for a room, however many want it. */
  place(room: string, wanted: Wanted): Promise<Taken> {
    const key = `${wanted} ${room}`;
    const known = this.#placing.get(key);
    if (known) return known;
    const { turns, rooms, policy } = this.#options;
    const placing = turns.take(
      room,
      async () => rooms.find(room) ?? await this.take(room, wanted, policy),
    ).finally(() => this.#placing.delete(key));
    this.#placing.set(key, placing);
    return placing;
  }

  /** In its turn, of a room that is not here. */
  async take(room: string, wanted: Wanted, policy: Policy): Promise<Taken> {
    const { directory, rooms } = this.#options;
    const { placed, askedAt } = await this.#ask(room, wanted);
    if (placed.type !== "yours") return placed;
    const taken = rooms.restore(room, placed, askedAt) ??
      (wanted === "any"
        ? rooms.begin(room, placed, askedAt, policy)
        : undefined);
    if (taken) return taken;
    await directory.release({ room, epoch: placed.epoch });
    return { type: "none", ended: undefined };
  }

  /** Until Redis knows. */
  async #ask(room: string, wanted: Wanted) {
    const { directory, clock } = this.#options;
    for (;;) {
      const askedAt = clock.now();
      const placed = await directory.place(room, wanted);
      if (placed.type !== "wait") return { placed, askedAt };
      await pause(clock, Math.min(placed.leftMs, WAIT_MS));
    }
  }
}
