/**
 * The rooms that this process runs: taken under a lease, given up when it is
 * over, moved to others while the process drains or has too many.
 *
 * @module
 */
import type { PolicyPatch } from "../../../protocol/mod.ts";
import type { Actor, Core } from "../../actor.ts";
import type { Creation, RoomsState, RoomSummary } from "../../admin.ts";
import type { Connection } from "../../connection.ts";
import { patchPolicy } from "../../core/admin/policy.ts";
import type { Admission } from "../../core/input.ts";
import { decode } from "../../core/snapshot/decode.ts";
import { Registry, type RegistryOptions } from "../../registry.ts";
import type { Located, Wanted } from "./arrival.ts";
import { leastLoaded, targetOf } from "./balance.ts";
import type { Directory, Ended, Node, Owned, Placed } from "./directory.ts";
import { GuardedCore } from "./guard.ts";
import { Keeper } from "./keeper.ts";

export type ResidentsOptions = Omit<RegistryOptions, "snapshots"> & {
  readonly node: string;
  readonly leaseMs: number;
  readonly directory: Directory;
  /** From 0 to just below 1. */
  readonly random: () => number;
  /** It is not run here any more, though it has not ended. */
  readonly onGivenUp?: (room: { name: string; epoch: number }) => void;
  /** Asks a process to take a room that was given up. */
  readonly take: (peer: string, room: string) => void;
};

/** Milliseconds between two looks at the other processes, and at rooms of nobody. */
const BEAT_MS = 1_000;
/** Of a word of a process about itself. */
const BEAT_HOLDS_MS = 5_000;
/** Between two looks whether anybody has a room that Redis has forgotten. */
const WAIT_MS = 200;
/** Rooms of nobody that are taken at a time. */
const MAX_ORPHANS = 20;
/** Rooms that are given up at a time by who drains. */
const MAX_MOVES = 10;
/** The next owner is there at once; over some time, so that it is not flooded. */
const COME_BACK = {
  type: "goingAway",
  resumeInMs: 50,
  overMs: 500,
  offset: 0,
} as const;

type Yours = Extract<Placed, { type: "yours" }>;
/** It is here, or why not. */
type Taken = Exclude<Placed, Yours> | Actor;

export class Residents {
  readonly #options: ResidentsOptions;
  readonly #registry: Registry;
  readonly #keeper: Keeper;
  readonly #placing = new Map<string, Promise<Taken>>();
  /** What is done about a room, one after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #cancelBeat = () => {};
  #beating: Promise<void> = Promise.resolve();

  constructor(options: ResidentsOptions) {
    this.#options = options;
    const { directory, createCore, restoreCore } = options;
    this.#keeper = new Keeper({
      ...options,
      onLost: (owned) => this.#lost(owned),
      onAnew: ({ room }) => this.#registry.find(room)?.keepAgain(),
    });
    const guard = (room: string, epoch: number, core: Core) =>
      new GuardedCore(core, () => this.#keeper.isHeld({ room, epoch }));
    this.#registry = new Registry({
      ...options,
      snapshots: directory,
      createCore: (settings, now) =>
        guard(settings.name, settings.epoch, createCore(settings, now)),
      ...(restoreCore && {
        restoreCore: (state) =>
          guard(state.name, state.epoch, restoreCore(state)),
      }),
      onEnded: (room, ended) => {
        this.#keeper.drop({ room, epoch: ended.epoch });
        void this.#inTurn(room, () => this.#keepEnd(room, ended));
      },
    });
  }

  /** Says that this process is there, from now on. */
  async begin(): Promise<void> {
    await this.#options.directory.begin();
    await this.#sayHello();
    this.#setBeat();
  }

  /** Redis is there again. */
  reconnected(): void {
    this.#keeper.renewNow();
  }

  get state(): RoomsState {
    return this.#registry.state;
  }

  find(room: string): Actor | undefined {
    return this.#registry.find(room);
  }

  async list(): Promise<RoomSummary[]> {
    const outcomes = await Promise.all(
      this.#registry.rooms.map((room) => room.command({ type: "summarize" })),
    );
    return outcomes.flatMap((outcome) =>
      outcome.type === "summary" ? [outcome.room] : []
    );
  }

  async create(name: string, patch: PolicyPatch): Promise<Creation> {
    if (this.#registry.state !== "open") return "draining";
    const policy = patchPolicy(this.#options.policy, patch);
    if (!policy.ok) return "invalidPolicy";
    return await this.#inTurn(name, async () => {
      if (this.find(name)) return "exists";
      const kept = await this.#take(name, "kept", policy.policy);
      if (!("type" in kept) || kept.type === "held") return "exists";
      if (this.#registry.isFull) return "full";
      const begun = await this.#take(name, "any", policy.policy);
      return "type" in begun ? "exists" : "created";
    });
  }

  /** `epoch`: of the room as who asks has known it, for why it has ended. */
  async locate(
    room: string,
    wanted: Wanted,
    epoch: number | undefined,
  ): Promise<Located> {
    const here = this.find(room);
    if (here) return { type: "here", actor: here };
    if (this.#takes(wanted)) {
      const placed = await this.#place(room, wanted);
      if (!("type" in placed)) return { type: "here", actor: placed };
      if (placed.type === "held") {
        return there(placed.owner, placed.leftMs, false);
      }
      const ended = placed.type === "none" ? placed.ended : undefined;
      return { type: "none", reason: reasonOf(ended, epoch) };
    }
    const { directory, node } = this.#options;
    const owner = await directory.ownerOf(room);
    if (owner !== undefined) return there(owner, 0, false);
    const other = leastLoaded(await directory.nodes(), node);
    return other === undefined ? { type: "full" } : there(other, 0, true);
  }

  /** The room, if it is here, or is about to be. */
  async expected(room: string): Promise<Actor | undefined> {
    const here = this.find(room);
    if (here) return here;
    await this.#turns.get(room)?.catch(() => {});
    return this.find(room);
  }

  /** Another process has nobody for this room but us. */
  async tryPlace(room: string, wanted: Wanted): Promise<Actor | undefined> {
    if (!this.#takes(wanted)) return undefined;
    try {
      const placed = await this.#place(room, wanted);
      return "type" in placed ? undefined : placed;
    } catch {
      return undefined;
    }
  }

  drain(isDraining: boolean): void {
    this.#registry.drain(isDraining);
    this.#beatNow();
  }

  /** Takes a connection to its room here. */
  enter(
    actor: Actor,
    connection: Connection,
    admission: Admission,
  ): void {
    if (admission.method === "join") return actor.join(connection, admission);
    const { epoch = actor.epoch } = admission;
    const reasonIfUnknown = this.#registry.reasonOfEnd(actor.name, epoch) ??
      "nodeCrashed";
    actor.join(connection, { ...admission, reasonIfUnknown });
  }

  /** Gives all rooms up, and begins no more. */
  async close(): Promise<void> {
    this.#registry.drain(true);
    this.#cancelBeat();
    this.#cancelBeat = () => {};
    await this.#beating;
    await Promise.allSettled(this.#turns.values());
    await Promise.all(
      this.#registry.rooms.map(({ name }) => this.#giveUp(name)),
    );
    this.#registry.close();
    this.#keeper.close();
  }

  /** Looks after nothing any more. */
  abort(): void {
    this.#cancelBeat();
    this.#keeper.close();
  }

  /** Rooms that were kept are taken up by whoever does not drain. */
  #takes(wanted: Wanted): boolean {
    const { state, isFull } = this.#registry;
    return state === "open" && (wanted === "kept" || !isFull);
  }

  /** At one time once for a room, however many want it. */
  #place(room: string, wanted: Wanted): Promise<Taken> {
    const key = `${wanted} ${room}`;
    const known = this.#placing.get(key);
    if (known) return known;
    const { policy } = this.#options;
    const placing = this.#inTurn(
      room,
      async () => this.find(room) ?? await this.#take(room, wanted, policy),
    ).finally(() => this.#placing.delete(key));
    this.#placing.set(key, placing);
    return placing;
  }

  async #take(
    room: string,
    wanted: Wanted,
    policy: ResidentsOptions["policy"],
  ): Promise<Taken> {
    const { directory, clock } = this.#options;
    let askedAt = clock.now();
    let placed = await directory.place(room, wanted);
    while (placed.type === "wait") {
      await this.#pause(Math.min(placed.leftMs, WAIT_MS));
      askedAt = clock.now();
      placed = await directory.place(room, wanted);
    }
    if (placed.type !== "yours") return placed;
    const restored = placed.bytes && this.#restore(room, placed, askedAt);
    if (restored) return restored;
    const begun = wanted === "any" &&
      this.#begin(room, placed, askedAt, policy);
    if (begun) return begun;
    await directory.release({ room, epoch: placed.epoch });
    return { type: "none", ended: undefined };
  }

  #begin(
    room: string,
    { epoch, ended }: Yours,
    askedAt: number,
    policy: ResidentsOptions["policy"],
  ): Actor | undefined {
    this.#keeper.granted({ room, epoch }, askedAt);
    const begun = this.#registry.create(room, policy, {
      epoch,
      bans: ended?.bans ?? [],
    });
    if (begun === undefined) this.#keeper.drop({ room, epoch });
    return begun;
  }

  #restore(
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
      const actor = this.#registry.restore(decoded.snapshot, epoch);
      if (actor) log.info("room taken up", { room, epoch });
      return actor;
    } catch (error) {
      this.#keeper.drop({ room, epoch });
      log.error("snapshot set aside", { room, epoch, error });
      directory.setAside({ room, epoch, bytes }).catch(() => {});
      return undefined;
    }
  }

  /** Somebody else has it by now, or may have it at once. */
  #lost({ room, epoch }: Owned): void {
    const actor = this.find(room);
    if (actor?.epoch !== epoch) return;
    this.#registry.abandon(room);
    this.#options.onGivenUp?.({ name: room, epoch });
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
      await this.#pause(WAIT_MS);
    }
    log.warn("end of a room not kept", { room, epoch: ended.epoch });
  }

  /** What is true now is kept, and the next owner may have it at once. */
  #giveUp(room: string): Promise<void> {
    return this.#inTurn(room, () => this.#giveUpNow(room));
  }

  async #giveUpNow(room: string): Promise<void> {
    const actor = this.find(room);
    if (actor === undefined) return;
    const { epoch } = actor;
    await this.#registry.handOver(room, COME_BACK);
    this.#keeper.drop({ room, epoch });
    const { directory, log, onGivenUp } = this.#options;
    onGivenUp?.({ name: room, epoch });
    log.info("room given up", { room, epoch });
    await directory.release({ room, epoch }).catch(() => {});
  }

  #inTurn<T>(room: string, run: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(room) ?? Promise.resolve();
    const turn = before.then(run, run);
    this.#turns.set(room, turn);
    const forget = () => {
      if (this.#turns.get(room) === turn) this.#turns.delete(room);
    };
    turn.then(forget, forget);
    return turn;
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.clock.after(ms, resolve);
    return promise;
  }

  get #self(): Node {
    const { state, size, isFull } = this.#registry;
    return { state, rooms: size, isFull };
  }

  #setBeat(): void {
    const { clock, random } = this.#options;
    const wait = BEAT_MS * (0.5 + random());
    this.#cancelBeat = clock.after(wait, () => this.#beatNow());
  }

  #beatNow(): void {
    this.#cancelBeat();
    this.#beating = this.#beating.then(() => this.#beat());
  }

  async #beat(): Promise<void> {
    try {
      await this.#sayHello();
      await this.#takeOrphans();
      await this.#move();
    } catch (error) {
      this.#options.log.debug("redis does not answer", { error });
    }
    this.#cancelBeat();
    if (this.state !== "closing") this.#setBeat();
  }

  #sayHello(): Promise<void> {
    return this.#options.directory.beat(this.#self, BEAT_HOLDS_MS);
  }

  async #takeOrphans(): Promise<void> {
    if (!this.#takes("kept")) return;
    for (const room of await this.#options.directory.orphans(MAX_ORPHANS)) {
      if (!this.find(room)) await this.#place(room, "kept");
    }
  }

  async #move(): Promise<void> {
    const { directory, node, take } = this.#options;
    const count = this.state === "open" ? 1 : MAX_MOVES;
    for (const { name } of this.#registry.rooms.slice(0, count)) {
      const target = targetOf(await directory.nodes(), node, this.#self);
      if (target === undefined) return;
      await this.#giveUp(name);
      take(target, name);
    }
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
  const isThat = epoch === undefined ||
    (epoch >= ended.since && epoch <= ended.epoch);
  return isThat ? ended.reason : "networkDisconnect";
}
