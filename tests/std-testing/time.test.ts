import {
  deepStrictEqual,
  rejects,
  strictEqual,
  throws,
} from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { FakeTime, TimeError } from "@std/testing/time";

const realSetTimeout = globalThis.setTimeout;

describe("FakeTime", () => {
  it("stands still until it is told to move", () => {
    using time = new FakeTime(1_000);
    strictEqual(Date.now(), 1_000);
    strictEqual(new Date().valueOf(), 1_000);
    time.tick(250);
    strictEqual(Date.now(), 1_250);
    strictEqual(time.start, 1_000);
  });

  it("runs timers in the order in which they are due", () => {
    using time = new FakeTime();
    const ran: string[] = [];
    setTimeout(() => ran.push("late"), 20);
    setTimeout(() => ran.push("early"), 10);
    clearTimeout(setTimeout(() => ran.push("cleared"), 15));
    const interval = setInterval(() => ran.push("interval"), 8);
    time.tick(20);
    clearInterval(interval);
    deepStrictEqual(ran, ["interval", "early", "interval", "late"]);
  });

  it("ticks after the pending microtasks, so their timers count", async () => {
    using time = new FakeTime();
    let ran = false;
    Promise.resolve().then(() => setTimeout(() => ran = true, 10));
    await time.tickAsync(10);
    strictEqual(ran, true);
  });

  it("steps from timer to timer", async () => {
    using time = new FakeTime(0);
    setTimeout(() => setTimeout(() => {}, 5), 10);
    strictEqual(time.next(), true);
    strictEqual(time.now, 10);
    strictEqual(await time.nextAsync(), true);
    strictEqual(time.now, 15);
    strictEqual(time.next(), false);
  });

  it("runs everything, also what timers add", async () => {
    using time = new FakeTime(0);
    const add = (left: number) => {
      if (left > 0) setTimeout(() => add(left - 1), 10);
    };
    add(3);
    time.runAll();
    strictEqual(time.now, 30);
    add(2);
    await time.runAllAsync();
    strictEqual(time.now, 50);
  });

  it("fakes the deadline of AbortSignal.timeout", () => {
    using time = new FakeTime();
    const signal = AbortSignal.timeout(5_000);
    time.tick(4_999);
    strictEqual(signal.aborted, false);
    time.tick(1);
    strictEqual(signal.reason.name, "TimeoutError");
  });

  it("gives real time back for a callback and at the end", async () => {
    {
      using _time = new FakeTime();
      const restored = await FakeTime.restoreFor(() => globalThis.setTimeout);
      strictEqual(restored, realSetTimeout);
    }
    strictEqual(globalThis.setTimeout, realSetTimeout);
  });

  it("waits in real time, unless it is aborted", async () => {
    using time = new FakeTime(0);
    await time.delay(1);
    strictEqual(time.now, 0);
    const reason = new Error("enough");
    await rejects(
      time.delay(60_000, { signal: AbortSignal.abort(reason) }),
      reason,
    );
  });

  it("refuses to go back, and to be restored twice", () => {
    const time = new FakeTime(10);
    throws(() => time.now = 9, RangeError);
    time.restore();
    throws(() => time.restore(), TimeError);
    throws(() => FakeTime.restore(), TimeError);
  });
});
