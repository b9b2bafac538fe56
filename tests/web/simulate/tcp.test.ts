import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { lateness } from "../../../web/room/simulate/tcp.ts";

describe("TCP after a cut", () => {
  it("notices the later the longer the cut was, as real ones do", () => {
    const waits = [3_000, 9_000, 20_000].map(lateness);
    assert.deepEqual(waits, [300, 4_860, 7_940]);
  });

  it("notices a cut of no length at its next sending", () => {
    assert.equal(lateness(0), 220);
  });
});
