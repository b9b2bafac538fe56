import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  type Announced,
  AnnouncementHub,
  IDS_PER_MS,
  type RoomAnnouncement,
} from "../../rooms/announcements.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { keepingLog } from "./fakes/log.ts";

const started: RoomAnnouncement = {
  room: "r",
  epoch: 1,
  seq: 1,
  announcement: { type: "roomStarted" },
};

function hub(capacity = 4) {
  const clock = new VirtualClock();
  const { log, lines } = keepingLog();
  return { clock, lines, hub: new AnnouncementHub({ clock, log, capacity }) };
}

describe("the hub of announcements", () => {
  it("numbers them, says when they came, and tells who listens", () => {
    const { hub: row, clock } = hub();
    const heard: Announced[] = [];
    const unsubscribe = row.subscribe((one) => heard.push(one));
    row.add(started);
    clock.advance(5);
    row.add({ ...started, room: "other" });
    unsubscribe();
    row.add(started);
    const [first, second] = heard;
    assert.equal(heard.length, 2);
    assert.equal(first?.room, "r");
    assert.deepEqual(first?.announcement, started.announcement);
    assert.equal(second?.id, (first?.id ?? 0) + 1);
    assert.equal(second?.at, (first?.at ?? 0) + 5);
    assert.equal(row.lastId, (second?.id ?? 0) + 1);
  });

  it("gives those after an id again, and says whether there were others", () => {
    const { hub: row } = hub(4);
    const before = row.lastId;
    for (let count = 0; count < 7; count++) row.add(started);
    const whole = row.since(before);
    assert.equal(whole.announced.length, 7);
    assert.equal(whole.isComplete, true);
    assert.equal(row.since(before + 5).announced.length, 2);
    assert.deepEqual(row.since(row.lastId).announced, []);
    row.add(started);
    const late = row.since(before);
    assert.equal(late.isComplete, false);
    assert.equal(late.announced.length, 4);
    assert.equal(row.since(before + 4).isComplete, true);
  });

  it("knows no id of the process before, and uses none again", () => {
    const { hub: row, clock } = hub();
    row.add(started);
    clock.advance(1_000);
    const { log } = keepingLog();
    const next = new AnnouncementHub({ clock, log });
    next.add(started);
    assert.ok(next.lastId > row.lastId);
    assert.equal(next.since(row.lastId).isComplete, false);
    assert.equal(next.since(row.lastId).announced.length, 1);
    assert.equal(next.since(next.lastId + 1).isComplete, false);
  });

  it("waits for what others have heard of sooner, where ids are given elsewhere", () => {
    const clock = new VirtualClock();
    const { log } = keepingLog();
    const shared = new AnnouncementHub({ clock, log, isShared: true });
    const id = clock.now() * IDS_PER_MS;
    shared.take({ ...started, id, at: 0 });
    const next = shared.since(id + 1);
    assert.deepEqual(next, { announced: [], isComplete: true });
    shared.take({ ...started, seq: 2, id: id + 1, at: 0 });
    shared.take({ ...started, seq: 3, id: id + 2, at: 0 });
    assert.equal(shared.since(id + 1).announced.length, 1);
    assert.equal(shared.since(2 * id).isComplete, false);
  });

  it("keeps a listener that fails from the room that announces", () => {
    const { hub: row, lines } = hub();
    const heard: Announced[] = [];
    row.subscribe(() => {
      throw new Error("broken");
    });
    row.subscribe((one) => heard.push(one));
    row.add(started);
    assert.equal(heard.length, 1);
    assert.equal(lines.length, 1);
  });
});
