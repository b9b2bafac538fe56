import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Absent } from "../../../../rooms/hosts/redis/absent.ts";

describe("HO9: an owner that did not answer for a room", () => {
  it("is not asked again until its lease is over", () => {
    const absent = new Absent();
    absent.add("r", "a", 5_000, 1_000);
    assert.ok(absent.has("r", "a", 5_002));
    assert.equal(absent.until("r"), 5_000);
    assert.ok(!absent.has("other", "a", 5_000));
    assert.equal(absent.until("other"), Infinity);
  });

  it("is asked where it has renewed its lease, or another one has the room", () => {
    const absent = new Absent();
    absent.add("r", "a", 5_000, 1_000);
    assert.ok(!absent.has("r", "a", 6_600));
    assert.ok(!absent.has("r", "b", 5_000));
  });

  it("is asked once it has answered", () => {
    const absent = new Absent();
    absent.add("r", "a", 5_000, 1_000);
    absent.remove("r");
    assert.ok(!absent.has("r", "a", 5_000));
  });

  it("is forgotten after its lease", () => {
    const absent = new Absent();
    absent.add("r", "a", 5_000, 1_000);
    absent.add("other", "b", 9_000, 5_001);
    assert.equal(absent.until("r"), Infinity);
    assert.equal(absent.until("other"), 9_000);
  });
});
