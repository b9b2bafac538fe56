import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import {
  openTimers,
  type Timers,
  type TimerWorker,
} from "../../../client/browser/timers.ts";

const forbidden = (): never => {
  throw new DOMException("no workers here", "SecurityError");
};

const rung = (timers: Timers, ms: number) =>
  new Promise<void>((resolve) => void timers.after(ms, resolve));

/** A worker that never does what it is told to. */
class BrokenWorker extends EventTarget implements TimerWorker {
  isTerminated = false;

  postMessage(): void {}

  terminate(): void {
    this.isTerminated = true;
  }

  fail(): ErrorEvent {
    const event = new ErrorEvent("error", { cancelable: true });
    this.dispatchEvent(event);
    return event;
  }
}

describe("timers in a worker", () => {
  it("ring in the order of their time, but for those that are called off", async () => {
    const timers = openTimers();
    const heard: string[] = [];
    timers.after(20, () => heard.push("second"));
    timers.after(1, () => heard.push("first"));
    timers.after(5, () => heard.push("never"))();
    await rung(timers, 40);
    assert.deepEqual(heard, ["first", "second"]);
    timers.close();
  });

  it("ring in the page once the worker is let go", async () => {
    const timers = openTimers();
    const rings = rung(timers, 5);
    timers.close();
    await rings;
    await rung(timers, 1);
  });

  it("need no worker before the first one", () => {
    openTimers(forbidden).close();
  });
});

describe("timers where a worker is not to be had", () => {
  it("ring in the page when it cannot be made", () => {
    using time = new FakeTime();
    const timers = openTimers(forbidden, Date.now);
    const heard: string[] = [];
    timers.after(100, () => heard.push("rung"));
    timers.after(50, () => heard.push("never"))();
    time.tick(99);
    assert.deepEqual(heard, []);
    time.tick(1);
    assert.deepEqual(heard, ["rung"]);
  });

  it("ring in the page, at their time, when it turns out to be forbidden", () => {
    using time = new FakeTime();
    const worker = new BrokenWorker();
    const timers = openTimers(() => worker, Date.now);
    const heard: string[] = [];
    timers.after(100, () => heard.push("rung"));
    const callOff = timers.after(100, () => heard.push("never"));
    time.tick(60);
    assert.ok(worker.fail().defaultPrevented);
    assert.ok(worker.isTerminated);
    callOff();
    time.tick(39);
    assert.deepEqual(heard, []);
    time.tick(1);
    assert.deepEqual(heard, ["rung"]);
  });
});
