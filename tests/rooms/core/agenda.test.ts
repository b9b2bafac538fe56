import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import assert from "node:assert/strict";
import { type Alarm, popDue, push } from "../../../rooms/core/agenda.ts";

function drain(agenda: Alarm[], now: number): number[] {
  const times: number[] = [];
  for (
    let alarm = popDue(agenda, now);
    alarm;
    alarm = popDue(agenda, now)
  ) times.push(alarm.at);
  return times;
}

describe("the agenda", () => {
  it("gives what is due, the earliest first, and keeps the rest", () => {
    fc.assert(fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, now) => {
      const agenda: Alarm[] = [];
      for (const at of times) push(agenda, { at, sessionId: `${at}` });
      const sorted = times.toSorted((a, b) => a - b);
      assert.equal(agenda[0]?.at, sorted[0]);
      assert.deepEqual(drain(agenda, now), sorted.filter((at) => at <= now));
      assert.deepEqual(drain(agenda, 100), sorted.filter((at) => at > now));
    }));
  });

  it("keeps its order while alarms come and go", () => {
    fc.assert(fc.property(fc.array(fc.nat(1_000)), (delays) => {
      const agenda: Alarm[] = [];
      let now = 0;
      for (const delay of delays) {
        push(agenda, { at: now + delay, sessionId: "one" });
        now = Math.max(now, agenda[0]?.at ?? now);
        const due = popDue(agenda, now);
        assert.ok(due && due.at <= now);
        push(agenda, { at: now + delay, sessionId: "again" });
        const [first] = agenda;
        assert.ok(first && agenda.every(({ at }) => at >= first.at));
      }
    }));
  });
});
