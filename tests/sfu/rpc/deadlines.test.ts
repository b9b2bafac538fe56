import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { Deadlines } from "../../../sfu/rpc/deadlines.ts";
import { ManualClock } from "./_clock.ts";

type Item = { readonly deadline: number };

describe("Deadlines", () => {
  let clock: ManualClock;
  let expired: [at: number, deadline: number][];
  let deadlines: Deadlines<Item>;

  beforeEach(() => {
    clock = new ManualClock();
    expired = [];
    deadlines = new Deadlines(clock, ({ deadline }) => {
      expired.push([clock.now(), deadline]);
    });
  });

  it("each item expires once, at its deadline", () => {
    const times = fc.array(fc.integer({ min: 0, max: 100 }));
    fc.assert(fc.property(times, (offsets) => {
      const start = clock.now();
      expired.length = 0;
      for (const offset of offsets) deadlines.add({ deadline: start + offset });
      for (let ms = 0; ms <= 100; ms++) clock.advance(1);
      deepEqual(
        expired,
        offsets.toSorted((a, b) => a - b)
          .map((offset) => [start + offset, start + offset]),
      );
    }));
  });

  it("what is taken out in time does not expire", () => {
    const item = { deadline: 10 };
    deadlines.add(item);
    clock.advance(9);
    equal(deadlines.delete(item), true);
    equal(deadlines.delete(item), false);
    clock.advance(10);
    deepEqual(expired, []);
  });

  it("many items with the same time to live need one timer", () => {
    for (let count = 0; count < 1_000; count++) {
      const item = { deadline: clock.now() + 10_000 };
      deadlines.add(item);
      deadlines.delete(item);
    }
    equal(clock.pending, 1);
  });

  it("an item that expires may take out or put in others", () => {
    const other = { deadline: 5 };
    const told: number[] = [];
    const mine = new Deadlines<Item>(clock, ({ deadline }) => {
      told.push(deadline);
      mine.delete(other);
      if (deadline === 4) mine.add({ deadline: 8 });
    });
    mine.add({ deadline: 4 });
    mine.add(other);
    clock.advance(20);
    deepEqual(told, [4, 8]);
  });

  it("leaves no timer behind when it is cleared", () => {
    deadlines.add({ deadline: 10 });
    deadlines.clear();
    equal(clock.pending, 0);
    equal(deadlines.size, 0);
  });
});
