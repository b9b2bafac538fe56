import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Meters } from "../../../rooms/limits/meters.ts";
import { Tally } from "../../../rooms/limits/tally.ts";

const pace = { perSecond: 10, burst: 3 };

describe("how fast each of many does something", () => {
  it("allows a burst, and then one at a time, and says how long to wait", () => {
    const meters = new Meters(pace);
    const taken = [0, 0, 0, 0, 40, 100, 100].map((now) =>
      meters.take("a", now)
    );
    assert.deepEqual(taken, [0, 0, 0, 100, 60, 0, 100]);
    assert.equal(meters.take("b", 100), 0);
  });

  it("does not count what it does not allow", () => {
    const meters = new Meters(pace);
    for (let count = 0; count < 100; count++) meters.take("a", 0);
    assert.equal(meters.waitFor("a", 0), 100);
  });

  it("allows a whole burst again after a rest", () => {
    const meters = new Meters(pace);
    for (let count = 0; count < 3; count++) meters.take("a", 0);
    const taken = [0, 0, 0, 0].map(() => meters.take("a", 1_000));
    assert.deepEqual(taken, [0, 0, 0, 100]);
  });

  it("forgets who was quiet the longest, so that memory is bounded", () => {
    const meters = new Meters(pace, 2);
    for (const key of ["a", "a", "a", "b", "c"]) meters.take(key, 0);
    assert.equal(meters.size, 2);
    assert.equal(meters.waitFor("a", 0), 0);
    for (let key = 0; key < 100_000; key++) meters.take(`${key}`, 0);
    assert.equal(meters.size, 2);
  });
});

describe("how many of something each of many has", () => {
  it("has a limit, and remembers nobody who has none", () => {
    const tally = new Tally(2);
    const added = ["a", "a", "a", "b"].map((key) => tally.add(key));
    assert.deepEqual(added, [true, true, false, true]);
    tally.remove("a");
    assert.ok(tally.add("a"));
    for (const key of ["a", "a", "b"]) tally.remove(key);
    assert.equal(tally.size, 0);
  });
});
