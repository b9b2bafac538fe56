import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { GraceClock } from "../../../client/model/grace_clock.ts";

const EVICT_MS = 12_000;
const HOUR = 3_600_000;

/** A browser's clock at 1 000 000, and the service's an hour ahead. */
function bench() {
  const time = { now: 1_000_000 };
  const clock = new GraceClock(() => time.now, EVICT_MS);
  const service = () => time.now + HOUR;
  return { time, clock, service };
}

describe("the end of a grace, here", () => {
  it("GR1: is as far as the event says, whatever the service's clock shows", () => {
    const { time, clock, service } = bench();
    const told = clock.told(service() + 9_000, 9_000);
    assert.equal(told.here, time.now + 9_000);
    assert.equal(told.service, service() + 9_000);
    assert.equal(clock.left(service() + 9_000), 9_000);
  });

  it("GR1: is known of a delayed event once an undelayed one has told the clocks' difference", () => {
    const { time, clock, service } = bench();
    clock.told(service() + 9_000, 9_000);
    const graceUntil = service() + 9_000;
    time.now += 6_000;
    assert.equal(clock.told(graceUntil, 9_000).here, time.now + 3_000);
  });

  it("GR1: is known of a description, which has no time from now", () => {
    const { time, clock, service } = bench();
    clock.told(service() + 9_000, 9_000);
    assert.equal(clock.end(service() + 4_000).here, time.now + 4_000);
  });

  it("GR2: is never farther away than a grace can last", () => {
    const { time, clock, service } = bench();
    assert.equal(clock.end(service() + 4_000).here, time.now + EVICT_MS);
  });

  it("is not of a negative length", () => {
    const { clock, time } = bench();
    assert.equal(clock.left(time.now - 5_000), 0);
  });

  it("follows a clock that is set", () => {
    const { time, clock, service } = bench();
    clock.told(service() + 9_000, 9_000);
    const graceUntil = service() + 9_000;
    time.now += 2 * HOUR;
    assert.equal(clock.told(graceUntil, 9_000).here, time.now + 9_000);
  });
});
