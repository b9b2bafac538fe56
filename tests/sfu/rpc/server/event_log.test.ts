import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { EventLog } from "../../../../sfu/rpc/server/event_log.ts";

const roomy = { events: 1_000, size: 1_000_000 };
const frame = (seq: number) => `frame ${seq}`;

function logOf(count: number): EventLog {
  const log = new EventLog(roomy);
  for (let index = 0; index < count; index++) log.append(frame);
  return log;
}

describe("EventLog", () => {
  it("counts from 1 without gaps", () => {
    const log = new EventLog(roomy);
    deepEqual([log.append(frame), log.append(frame)], ["frame 1", "frame 2"]);
    equal(log.lastSeq, 2);
  });

  it("whatever is acknowledged, the rest is there and in order", () => {
    const step = fc.oneof(
      fc.constant("append" as const),
      fc.nat(30).map((seq) => ({ ack: seq })),
    );
    fc.assert(fc.property(fc.array(step), (steps) => {
      const log = new EventLog(roomy);
      let sent = 0;
      let acked = 0;
      for (const one of steps) {
        if (one === "append") {
          log.append(frame);
          sent++;
        } else {
          equal(log.ack(one.ack), one.ack <= sent);
          if (one.ack <= sent) acked = Math.max(acked, one.ack);
        }
      }
      const rest = Array.from(
        { length: sent - acked },
        (_, index) => frame(acked + index + 1),
      );
      deepEqual(log.after(acked), rest);
      equal(log.length, rest.length);
      equal(log.lastSeq, sent);
    }));
  });

  it("tells what came after any event that is not acknowledged", () => {
    const log = logOf(4);
    log.ack(1);
    deepEqual(log.after(3), ["frame 4"]);
    deepEqual(log.after(4), []);
  });

  it("cannot tell what came after an event that it forgot or never had", () => {
    const log = logOf(4);
    log.ack(2);
    equal(log.after(1), undefined);
    equal(log.after(5), undefined);
  });

  it("takes no more events than it may keep", () => {
    const log = new EventLog({ events: 2, size: 1_000 });
    log.append(frame);
    log.append(frame);
    equal(log.append(frame), undefined);
    log.ack(1);
    equal(log.append(frame), "frame 3");
  });

  it("takes no more characters than it may keep", () => {
    const log = new EventLog({ events: 100, size: 20 });
    log.append(frame);
    log.append(frame);
    equal(log.append(frame), undefined);
    log.ack(2);
    equal(log.append(frame), "frame 3");
  });
});
