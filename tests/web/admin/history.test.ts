import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { RoomEvent } from "../../../admin/client.ts";
import { outcomeOf, recoveryOf } from "../../../web/admin/history/events.ts";
import { History } from "../../../web/admin/history/history.ts";
import {
  perStep,
  presenceCounts,
  roundTripsOf,
} from "../../../web/admin/history/measures.ts";
import { stretchesOf } from "../../../web/admin/history/presence.ts";

let lastId = 0;
const event = (
  type: string,
  at: number,
  fields: Record<string, unknown> = {},
): RoomEvent => ({
  id: ++lastId,
  room: "r",
  epoch: 1,
  seq: 1,
  at,
  type,
  ...fields,
});

describe("what the dashboard makes of events", () => {
  it("takes the room's word for how a recovery ended, and else the client's", () => {
    const outcome = (seen: string | null, report: string | null) => {
      const recovery = recoveryOf(event("recovery", 1, {
        seen: seen && { outcome: seen },
        report: report && { outcome: report },
      }));
      assert.ok(recovery);
      return outcomeOf(recovery);
    };
    assert.equal(outcome("resumed", "recovered"), "recovered");
    assert.equal(outcome(null, "recovered"), "recovered");
    assert.equal(outcome("networkDisconnect", null), "failed");
    assert.equal(outcome("networkDisconnect", "rejoined"), "failed");
    assert.equal(outcome(null, "gaveUp"), "failed");
    assert.equal(outcome("left", null), undefined);
    assert.equal(outcome("removed", null), undefined);
    assert.equal(outcome("something new", null), undefined);
    assert.equal(recoveryOf(event("participantJoined", 1)), undefined);
  });

  it("tells how a session has gone, until now or its end", () => {
    const lived = [
      event("participantJoined", 10),
      event("producerAdded", 12),
      event("participantReconnecting", 20),
      event("participantReconnected", 25),
    ];
    assert.deepEqual(stretchesOf(lived, 40), [
      { presence: "connected", from: 10, to: 20 },
      { presence: "reconnecting", from: 20, to: 25 },
      { presence: "connected", from: 25, to: 40 },
    ]);
    const ended = [...lived, event("participantLeft", 30)];
    assert.deepEqual(stretchesOf(ended, 40).at(-1), {
      presence: "connected",
      from: 25,
      to: 30,
    });
    assert.deepEqual(stretchesOf([], 40), []);
  });

  it("keeps each session's events apart, and forgets all when the operator goes", () => {
    const history = new History();
    history.heard(event("participantJoined", 1, { sessionId: "a" }));
    history.heard(event("participantJoined", 2, { sessionId: "b" }));
    history.heard(
      event("recovery", 3, {
        sessionId: "a",
        seen: { outcome: "resumed" },
        report: null,
      }),
    );
    assert.deepEqual(history.of("a").map(({ at }) => at), [1, 3]);
    assert.deepEqual(history.recoveries, [{ at: 3, outcome: "recovered" }]);
    history.clear();
    assert.deepEqual([history.events, history.recoveries], [[], []]);
  });

  it("keeps so many events, and no more", () => {
    const history = new History();
    for (let at = 0; at < 20_000; at++) history.heard(event("x", at));
    assert.ok(history.events.length >= 5_000 && history.events.length <= 5_500);
    assert.equal(history.events.at(-1)?.at, 19_999);
  });
});

describe("what the dashboard measures", () => {
  const room = { participants: 3, reconnecting: 1 };
  const rooms = [room, { participants: 2, reconnecting: 0 }]
    .map((counts, index) => ({
      name: `r${index}`,
      epoch: 1,
      createdAt: 0,
      producers: 0,
      consumers: 0,
      log: { events: 0, bytes: 0 },
      ...counts,
    }));

  it("counts who is connected and who is reconnecting", () => {
    assert.deepEqual(presenceCounts(rooms), { connected: 4, reconnecting: 1 });
  });

  it("knows no round trip where nobody has one", () => {
    assert.deepEqual(roundTripsOf([]), { medianMs: null, slowMs: null });
  });

  it("counts into steps what falls into them", () => {
    const steps = { to: 40, stepMs: 10, steps: 3 };
    assert.deepEqual(perStep([9, 10, 19, 20, 39, 40], steps), [2, 1, 1]);
  });
});
