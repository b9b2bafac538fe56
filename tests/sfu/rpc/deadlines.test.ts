import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { Deadlines } from "../../../sfu/rpc/deadlines.ts";
import { ManualClock } from "./_clock.ts";

type Item = { readonly deadline: number };

describe("Deadlines", () => {
  let clock: ManualClock;
  let items: Set<Item>;
  let expired: [at: number, deadline: number][];
  let deadlines: Deadlines<Item>;

  const add = (item: Item) => {
    items.add(item);
    deadlines.watch(item.deadline);
  };

  beforeEach(() => {
    clock = new ManualClock();
    items = new Set();
    expired = [];
    deadlines = new Deadlines(clock, () => items, (item) => {
      items.delete(item);
      expired.push([clock.now(), item.deadline]);
    });
  });

  it("each item expires once, at its deadline", () => {
    const times = fc.array(fc.integer({ min: 0, max: 100 }));
    fc.assert(fc.property(times, (offsets) => {
      const start = clock.now();
      expired.length = 0;
      for (const offset of offsets) add({ deadline: start + offset });
      for (let ms = 0; ms <= 100; ms++) clock.advance(1);
      deepEqual(
        expired,
        offsets.toSorted((a, b) => a - b)
          .map((offset) => [start + offset, start + offset]),
      );
    }));
  });

  it("what has gone in time does not expire", () => {
    const item = { deadline: 10 };
    add(item);
    clock.advance(9);
    items.delete(item);
    clock.advance(10);
    deepEqual(expired, []);
    equal(clock.pending, 0);
  });

  it("many items with the same time to live need one timer", () => {
    for (let count = 0; count < 1_000; count++) {
      const item = { deadline: clock.now() + 10_000 };
      add(item);
      items.delete(item);
    }
    equal(clock.pending, 1);
  });

  it("an item that expires may bring others", () => {
    const told: number[] = [];
    const mine = new Deadlines<Item>(clock, () => items, (item) => {
      items.delete(item);
      told.push(item.deadline);
      if (item.deadline !== 4) return;
      items.add({ deadline: 8 });
      mine.watch(8);
    });
    items.add({ deadline: 4 });
    mine.watch(4);
    clock.advance(20);
    deepEqual(told, [4, 8]);
  });

  it("leaves no timer behind when it is stopped", () => {
    add({ deadline: 10 });
    deadlines.stop();
    equal(clock.pending, 0);
  });
});
