import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { clockThatCountsSleep } from "../../../client/browser/clock.ts";

function clocks() {
  const time = { monotonic: 100, wall: 1_700_000_000_000 };
  const now = clockThatCountsSleep(() => time.monotonic, () => time.wall);
  return { time, now };
}

describe("the clock", () => {
  it("goes like the monotonic one", () => {
    const { time, now } = clocks();
    time.monotonic += 250.5;
    time.wall += 250;
    assert.equal(now(), 350.5);
  });

  it("counts a sleep, in which only the wall clock goes on", () => {
    const { time, now } = clocks();
    time.monotonic += 5;
    time.wall += 60_005;
    assert.equal(now(), 60_105);
    time.monotonic += 10;
    time.wall += 10;
    assert.equal(now(), 60_115);
  });

  it("never runs backwards, also when the wall clock is set back", () => {
    const { time, now } = clocks();
    time.monotonic += 10;
    time.wall -= 3_600_000;
    assert.equal(now(), 110);
    time.monotonic += 10;
    time.wall += 10;
    assert.equal(now(), 120);
  });

  it("takes no drift of the wall clock for a sleep", () => {
    const { time, now } = clocks();
    for (let second = 0; second < 100; second++) {
      time.monotonic += 1_000;
      time.wall += 1_050;
      now();
    }
    assert.equal(now(), 100_100);
  });
});
