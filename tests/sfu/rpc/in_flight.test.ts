import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { InFlight } from "../../../sfu/rpc/in_flight.ts";

const LIMIT = 6;
/** Many of them want the same slot. */
const id = fc.oneof(
  fc.nat(40),
  fc.nat(5).map((count) => count * 16 + 15),
  fc.maxSafeNat(),
);
const step = fc.record({
  do: fc.constantFrom("set" as const, "set" as const, "delete" as const),
  id,
});

describe("InFlight", () => {
  it("holds what a Map would hold", () => {
    fc.assert(
      fc.property(fc.array(step, { size: "max", maxLength: 200 }), (steps) => {
        const calls = new InFlight<string>(LIMIT);
        const map = new Map<number, string>();
        for (const [index, { do: what, id }] of steps.entries()) {
          if (what === "delete") equal(calls.delete(id), map.delete(id));
          else if (map.has(id) || map.size < LIMIT) {
            calls.set(id, `${index}`);
            map.set(id, `${index}`);
          }
          equal(calls.size, map.size);
          equal(calls.isFull, map.size === LIMIT);
          for (const { id } of steps) equal(calls.get(id), map.get(id));
          deepEqual([...calls.values()].sort(), [...map.values()].sort());
        }
      }),
    );
  });

  it("takes no more than its limit", () => {
    const calls = new InFlight<number>(2);
    calls.set(1, 1);
    calls.set(2, 2);
    calls.set(2, 3);
    throws(() => calls.set(3, 3), RangeError);
    calls.delete(1);
    calls.set(3, 3);
    equal(calls.size, 2);
  });

  for (const limit of [1, 2, 3, 64, 1_000]) {
    it(`${limit} fit where ${limit} may be`, () => {
      const calls = new InFlight<number>(limit);
      for (let id = 0; id < limit; id++) calls.set(id * 1_024, id);
      equal(calls.isFull, true);
      for (let id = 0; id < limit; id++) equal(calls.get(id * 1_024), id);
      calls.clear();
      equal(calls.size, 0);
      equal(calls.get(0), undefined);
    });
  }
});
