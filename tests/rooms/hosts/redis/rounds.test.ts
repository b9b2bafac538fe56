import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Node } from "../../../../rooms/hosts/redis/nodes.ts";
import { Rounds } from "../../../../rooms/hosts/redis/rounds.ts";
import { VirtualClock } from "../../fakes/clock.ts";
import { keepingLog } from "../../fakes/log.ts";

type Room = { readonly name: string; readonly connections: number };

/** One process among others, and a Redis that answers at once. */
class Process {
  readonly clock = new VirtualClock(0);
  readonly offered: string[] = [];
  readonly taken: string[] = [];
  readonly told: string[] = [];
  orphans: string[] = [];
  readonly others = new Map<string, Node>();
  readonly rounds: Rounds;
  readonly #state: Node["state"];
  #rooms: Room[];

  constructor(rooms: Room[], { state = "open" as Node["state"] } = {}) {
    this.#rooms = rooms;
    this.#state = state;
    this.rounds = new Rounds({
      node: "self",
      nodes: {
        sayHello: () => Promise.resolve(),
        all: () =>
          Promise.resolve(new Map([["self", this.#self], ...this.others])),
      },
      directory: {
        orphans: (limit) => Promise.resolve(this.orphans.slice(0, limit)),
      },
      rooms: {
        registry: this.#registry(),
        find: () => undefined,
        giveUp: (name, publicUrl) => {
          if (publicUrl) this.told.push(`${name} at ${publicUrl}`);
          this.#rooms = this.#rooms.filter((room) => room.name !== name);
          return Promise.resolve();
        },
      },
      clock: this.clock,
      log: keepingLog().log,
      random: () => 0.5,
      takeUp: (room) => {
        this.taken.push(room);
        this.orphans = this.orphans.filter((name) => name !== room);
        return Promise.resolve(true);
      },
      offer: (node, room) => {
        this.offered.push(`${room} to ${node}`);
        const there = this.others.get(node);
        if (there) this.others.set(node, open(there.rooms + 1));
      },
    });
  }

  get #self(): Node {
    return { state: this.#state, rooms: this.#rooms.length, isFull: false };
  }

  #registry() {
    const rooms = () => this.#rooms;
    const state = this.#state;
    return {
      state,
      isFull: false,
      get rooms() {
        return rooms();
      },
      get size() {
        return rooms().length;
      },
    };
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.clock.advance(100);
      // What a round waits for is answered by then.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}

const rooms = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `r${index}`,
    connections: count - index,
  }));
const open = (rooms: number): Node => ({ state: "open", rooms, isFull: false });

describe("the rounds of a process", () => {
  it("HO7: take up all rooms that nobody has, at once", async () => {
    const process = new Process([]);
    process.orphans = rooms(90).map(({ name }) => name);
    await process.rounds.begin();
    await process.pass(700);
    assert.equal(new Set(process.taken).size, 90);
    process.rounds.abort();
  });

  it("HO12: leave rooms where they are for 30 s, however many they are", async () => {
    const process = new Process(rooms(40));
    process.others.set("other", open(0));
    await process.rounds.begin();
    await process.pass(30_000);
    assert.deepEqual(process.offered, []);
    process.rounds.abort();
  });

  it("HO12: move one at a time then, those with the fewest in them, until it is enough", async () => {
    const process = new Process(rooms(16));
    process.others.set("other", open(0));
    await process.rounds.begin();
    await process.pass(30_500);
    assert.deepEqual(process.offered, ["r15 to other"]);
    await process.pass(10_000);
    assert.deepEqual(process.offered, ["r15 to other", "r14 to other"]);
    process.rounds.abort();
  });

  it("HO12: spread the rooms of who drains over the others, some at a time", async () => {
    const process = new Process(rooms(12), { state: "draining" });
    process.others.set("a", open(3)).set("b", open(0));
    await process.rounds.begin();
    await process.pass(500);
    assert.equal(process.offered.length, 10);
    const toA = process.offered.filter((offer) => offer.endsWith("to a"));
    assert.ok(toA.length === 3 || toA.length === 4, `${toA}`);
    await process.pass(500);
    assert.equal(process.offered.length, 12);
    process.rounds.abort();
  });

  it("HO12: leave rooms where nobody takes them", async () => {
    const process = new Process(rooms(12), { state: "draining" });
    process.others.set("a", { ...open(0), isFull: true });
    await process.rounds.begin();
    await process.pass(2_000);
    assert.deepEqual(process.offered, []);
    process.rounds.abort();
  });

  it("HO6: tell where a room goes on, if clients have to come there", async () => {
    const process = new Process(rooms(2), { state: "draining" });
    process.others.set("a", { ...open(0), publicUrl: "https://a.example.com" });
    process.others.set("b", open(0));
    await process.rounds.begin();
    await process.pass(500);
    assert.deepEqual(process.told, ["r1 at https://a.example.com"]);
    process.rounds.abort();
  });

  it("HO12: end with all rooms given up, spread over the others", async () => {
    const process = new Process(rooms(30));
    process.others.set("a", open(10)).set("b", open(0));
    await process.rounds.begin();
    await process.rounds.close();
    await process.rounds.handAllOn();
    assert.equal(process.offered.length, 30);
    assert.deepEqual(
      [...process.others.values()].map(({ rooms }) => rooms),
      [20, 20],
    );
  });
});
