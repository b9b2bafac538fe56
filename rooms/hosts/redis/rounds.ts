/**
 * What a process does all the time: says that it is there, takes up rooms that
 * nobody has, and moves some of its own where they are better off.
 *
 * @module
 */
import type { Log } from "../../../log.ts";
import type { RoomsState } from "../../admin.ts";
import type { Clock } from "../../../clock.ts";
import type { Registry } from "../../registry.ts";
import { Balance, leastLoaded } from "./balance.ts";
import type { Directory } from "./directory.ts";
import type { LeasedRooms } from "./leased_rooms.ts";
import type { Node, NodeList } from "./nodes.ts";

export type RoundsOptions = {
  readonly node: string;
  readonly publicUrl?: string | undefined;
  readonly nodes: Pick<NodeList, "sayHello" | "all">;
  readonly directory: Pick<Directory, "orphans">;
  readonly rooms: Pick<LeasedRooms, "find" | "giveUp"> & {
    readonly registry:
      & Pick<Registry, "state" | "size" | "isFull">
      & { readonly rooms: readonly Counted[] };
  };
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to just below 1. */
  readonly random: () => number;
  /** Takes a room that was kept, if nobody has it; whether that is here now. */
  readonly takeUp: (room: string) => Promise<boolean>;
  /** Asks another process to take a room that was given up. */
  readonly offer: (node: string, room: string) => void;
};

type Counted = { readonly name: string; readonly connections: number };

/** Milliseconds between two rounds: half of it to one and a half. */
const ROUND_MS = 500;
/** Rooms of nobody that are looked at, and that are taken at a time. */
const MAX_FOUND = 200;
const MAX_ORPHANS = 20;
/** Times in one round, so that others hear of this process between. */
const MAX_LOOKS = 10;
/** Rooms that are given up in a round by who drains. */
const MAX_MOVES = 10;

export class Rounds {
  readonly #options: RoundsOptions;
  readonly #balance = new Balance();
  #state: "idle" | "going" | "closed" = "idle";
  #cancel = () => {};
  #last: Promise<void> = Promise.resolve();

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** @throws {Error} while Redis is away. */
  async begin(): Promise<void> {
    await this.#sayHello();
    this.#state = "going";
    this.#wait();
  }

  /** The next one is now. */
  hurry(): void {
    if (this.#state !== "going") return;
    this.#cancel();
    this.#last = this.#last.then(() => this.#round());
  }

  /** There is none any more. */
  async close(): Promise<void> {
    this.abort();
    await this.#last;
  }

  /** Gives all rooms up, whether others take them or not. */
  async handAllOn(): Promise<void> {
    const { nodes, rooms } = this.#options;
    // Else others would give theirs to this process.
    await this.#sayHello().catch(() => {});
    const known = await nodes.all().catch(() => new Map<string, Node>());
    await Promise.all(
      rooms.registry.rooms.map(({ name }) => this.#handOn(name, known)),
    );
  }

  /** The same, without waiting for the last one. */
  abort(): void {
    this.#state = "closed";
    this.#cancel();
  }

  #wait(): void {
    const { clock, random } = this.#options;
    const ms = ROUND_MS * (0.5 + random());
    this.#cancel = clock.after(ms, () => this.hurry());
  }

  async #round(): Promise<void> {
    try {
      await this.#sayHello();
      await this.#takeOrphans();
      await this.#move();
    } catch (error) {
      this.#options.log.debug("redis does not answer", { error });
    }
    this.#cancel();
    if (this.#state === "going") this.#wait();
  }

  get #self(): Node {
    const { state, size, isFull } = this.#options.rooms.registry;
    const { publicUrl } = this.#options;
    return { state, rooms: size, isFull, ...(publicUrl && { publicUrl }) };
  }

  get #roomState(): RoomsState {
    return this.#options.rooms.registry.state;
  }

  #sayHello(): Promise<void> {
    return this.#options.nodes.sayHello(this.#self);
  }

  /** Again at once where there are more, as long as others leave some. */
  async #takeOrphans(): Promise<void> {
    const { directory, rooms, takeUp } = this.#options;
    for (let look = 0; look < MAX_LOOKS; look += 1) {
      if (this.#roomState !== "open" || this.#state !== "going") return;
      const found = (await directory.orphans(MAX_FOUND))
        .filter((room) => !rooms.find(room));
      // Others look at the same ones.
      const some = this.#shuffled(found).slice(0, MAX_ORPHANS);
      const taken = await Promise.all(some.map(takeUp));
      if (found.length <= MAX_ORPHANS || !taken.includes(true)) return;
    }
  }

  #shuffled(names: readonly string[]): readonly string[] {
    const { random } = this.#options;
    return names.map((name) => ({ name, place: random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ name }) => name);
  }

  async #move(): Promise<void> {
    const { nodes, node, rooms, clock } = this.#options;
    const known = await nodes.all();
    const isDue = this.#balance.isMoveDue(known, this.#self, clock.now());
    const count = this.#roomState === "open" ? Number(isDue) : MAX_MOVES;
    for (const { name } of fewestFirst(rooms.registry.rooms).slice(0, count)) {
      if (leastLoaded(known, node) === undefined) return;
      await this.#handOn(name, known);
    }
  }

  /** To the process that takes it with the fewest others, if there is one. */
  async #handOn(room: string, known: Map<string, Node>): Promise<void> {
    const { node, rooms, offer } = this.#options;
    const target = leastLoaded(known, node);
    const there = target === undefined ? undefined : known.get(target);
    if (target === undefined || !there) return await rooms.giveUp(room);
    known.set(target, { ...there, rooms: there.rooms + 1 });
    await rooms.giveUp(room, there.publicUrl);
    offer(target, room);
  }
}

/** A move disturbs those who are there. */
const fewestFirst = (rooms: readonly Counted[]): readonly Counted[] =>
  rooms.toSorted((a, b) => a.connections - b.connections);
