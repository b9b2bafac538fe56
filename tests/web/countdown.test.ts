import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { nextSecond, secondsLeft } from "../../web/room/countdown.ts";

describe("a countdown", () => {
  it("says each second before it is over, and 0 at the end and after it", () => {
    const counts = [9_999, 9_001, 9_000, 1, 0, -500]
      .map((left) => secondsLeft(50_000 + left, 50_000));
    assert.deepEqual(counts, [10, 10, 9, 1, 0, 0]);
  });

  it("is looked at again exactly when the count changes, and not after its end", () => {
    const waits = [9_300, 9_000, 200, 0, -1]
      .map((left) => nextSecond(50_000 + left, 50_000));
    assert.deepEqual(waits, [300, 1_000, 200, undefined, undefined]);
  });
});
