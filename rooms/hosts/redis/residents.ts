/**
 * The rooms of this process, and where those are that are not here.
 *
 * @module
 */
import type { PolicyPatch } from "../../../protocol/mod.ts";
import type { Actor } from "../../actor.ts";
import type { Creation, RoomsState, RoomSummary } from "../../admin.ts";
import type { Connection } from "../../connection.ts";
import { patchPolicy } from "../../core/admin/policy.ts";
import type { Admission } from "../../core/input.ts";
import type { Located, Wanted } from "./arrival.ts";
import { leastLoaded } from "./balance.ts";
import type { Ended } from "./directory.ts";
import { LeasedRooms, type LeasedRoomsOptions } from "./leased_rooms.ts";
import type { NodeList } from "./nodes.ts";
import { isHere, Placing } from "./placing.ts";
import { Rounds, type RoundsOptions } from "./rounds.ts";
import { Turns } from "./turns.ts";

export type ResidentsOptions =
  & Omit<LeasedRoomsOptions, "turns">
  & Pick<RoundsOptions, "node" | "publicUrl" | "random" | "offer">
  & { readonly nodes: NodeList };

export class Residents {
  readonly #options: ResidentsOptions;
  readonly #turns = new Turns();
  readonly #rooms: LeasedRooms;
  readonly #placing: Placing;
  readonly #rounds: Rounds;
  /** Nothing is taken in any more, not even where nobody else does. */
  #isClosing = false;

  constructor(options: ResidentsOptions) {
    this.#options = options;
    const turns = this.#turns;
    const rooms = this.#rooms = new LeasedRooms({ ...options, turns });
    this.#placing = new Placing({ ...options, turns, rooms });
    this.#rounds = new Rounds({
      ...options,
      rooms,
      takeUp: async (room) => isHere(await this.#placing.place(room, "kept")),
    });
  }

  /** Says that this process is there, from now on. */
  async begin(): Promise<void> {
    await this.#options.directory.begin();
    await this.#rounds.begin();
  }

  /** Redis is there again. */
  reconnected(): void {
    this.#rooms.reconnected();
  }

  get state(): RoomsState {
    return this.#rooms.registry.state;
  }

  async list(): Promise<RoomSummary[]> {
    const { rooms } = this.#rooms.registry;
    const outcomes = await Promise.all(
      rooms.map((room) => room.command({ type: "summarize" })),
    );
    return outcomes.flatMap((outcome) =>
      outcome.type === "summary" ? [outcome.room] : []
    );
  }

  async create(name: string, patch: PolicyPatch): Promise<Creation> {
    if (this.state !== "open") return "draining";
    const policy = patchPolicy(this.#options.policy, patch);
    if (!policy.ok) return "invalidPolicy";
    return await this.#turns.take(name, async () => {
      if (this.#rooms.find(name)) return "exists";
      const kept = await this.#placing.take(name, "kept", policy.policy);
      if (isHere(kept) || kept.type === "held") return "exists";
      if (this.#rooms.registry.isFull) return "full";
      const begun = await this.#placing.take(name, "any", policy.policy);
      if (!isHere(begun)) return "exists";
      await begun.kept();
      return "created";
    });
  }

  /** `epoch`: of the room as who asks has known it, for why it has ended. */
  async locate(
    room: string,
    wanted: Wanted,
    epoch: number | undefined,
  ): Promise<Located> {
    const here = await this.#confirmed(room);
    if (here) return { type: "here", actor: here };
    if (this.#takes(wanted)) return await this.#here(room, wanted, epoch);
    const elsewhere = await this.#elsewhere(room);
    if (elsewhere.type !== "full" || this.#isClosing) return elsewhere;
    // Better here than nowhere, where it was kept.
    const located = await this.#here(room, "kept", epoch);
    const isNew = located.type === "none" && wanted === "any";
    return isNew ? { type: "full" } : located;
  }

  /**
   * The room, if it is here, or is about to be.
   *
   * @throws {Error} while Redis is away.
   */
  async expected(room: string): Promise<Actor | undefined> {
    const here = await this.#confirmed(room);
    if (here) return here;
    await this.#turns.over(room);
    return this.#rooms.find(room);
  }

  /** Another process has nobody for this room but us. */
  async tryPlace(room: string, wanted: Wanted): Promise<Actor | undefined> {
    if (!this.#takes(wanted)) return undefined;
    try {
      const placed = await this.#placing.place(room, wanted);
      return isHere(placed) ? placed : undefined;
    } catch {
      return undefined;
    }
  }

  drain(isDraining: boolean): void {
    this.#rooms.registry.drain(isDraining);
    this.#rounds.hurry();
  }

  /** Takes a connection to its room here. */
  enter(
    actor: Actor,
    connection: Connection,
    admission: Admission,
  ): void {
    if (admission.method === "join") return actor.join(connection, admission);
    const { epoch = actor.epoch } = admission;
    const { registry } = this.#rooms;
    const reasonIfUnknown = registry.reasonOfEnd(actor.name, epoch) ??
      "nodeCrashed";
    actor.join(connection, { ...admission, reasonIfUnknown });
  }

  /** Gives all rooms up, and begins no more. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#rooms.registry.drain(true);
    await this.#rounds.close();
    await this.#turns.allOver();
    await this.#rounds.handAllOn();
    await this.#rooms.close();
  }

  /** Looks after nothing any more. */
  abort(): void {
    this.#rounds.abort();
    this.#rooms.abort();
  }

  /**
   * The room that is here, unless Redis knows better: a machine that was asleep
   * may not know for how long, and must not turn anybody away for good.
   *
   * @throws {Error} while Redis is away.
   */
  async #confirmed(room: string): Promise<Actor | undefined> {
    const here = this.#rooms.find(room);
    if (here === undefined) return undefined;
    const { directory, node } = this.#options;
    const { owner = node, epoch } = await directory.ownership(room);
    if (owner !== node || epoch > here.epoch) {
      this.#rooms.lost({ room, epoch: here.epoch });
    }
    return this.#rooms.find(room);
  }

  /** Rooms that were kept are taken up by whoever does not drain. */
  #takes(wanted: Wanted): boolean {
    const { state, isFull } = this.#rooms.registry;
    return state === "open" && (wanted === "kept" || !isFull);
  }

  async #here(
    room: string,
    wanted: Wanted,
    epoch: number | undefined,
  ): Promise<Located> {
    const placed = await this.#placing.place(room, wanted);
    if (isHere(placed)) return { type: "here", actor: placed };
    if (placed.type === "held") {
      return there(placed.owner, placed.leftMs, false);
    }
    const ended = placed.type === "none" ? placed.ended : undefined;
    return { type: "none", reason: reasonOf(ended, epoch) };
  }

  async #elsewhere(room: string): Promise<Located> {
    const { directory, nodes, node } = this.#options;
    const { owner } = await directory.ownership(room);
    if (owner !== undefined) return there(owner, 0, false);
    const other = leastLoaded(await nodes.all(), node);
    return other === undefined ? { type: "full" } : there(other, 0, true);
  }
}

const there = (node: string, leftMs: number, mayPlace: boolean): Located => ({
  type: "there",
  node,
  leftMs,
  mayPlace,
});

/** Of a session that a room does not know, in a room that is not there. */
function reasonOf(ended: Ended | undefined, epoch: number | undefined) {
  if (ended === undefined) return "nodeCrashed";
  if (epoch === undefined) return ended.reason;
  // Of the next one, of which nothing was kept.
  if (epoch > ended.epoch) return "nodeCrashed";
  return epoch >= ended.since ? ended.reason : "networkDisconnect";
}
