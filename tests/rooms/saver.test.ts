import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { SavePace } from "../../rooms/save_pace.ts";
import { Saver } from "../../rooms/saver.ts";
import { turn } from "../support/turn.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { keepingLog } from "./fakes/log.ts";
import { FakeSnapshots } from "./fakes/snapshots.ts";
import { world } from "./saving_stage.ts";

/** One that nobody but the test speaks to. */
function alone() {
  const clock = new VirtualClock();
  const snapshots = new FakeSnapshots();
  const saver = new Saver({
    store: snapshots,
    room: "r",
    epoch: 7,
    clock,
    log: keepingLog().log,
    snapshot: () => new Uint8Array(),
    pace: new SavePace(),
  });
  return { clock, snapshots, saver };
}

describe("a store that can keep nothing, such as a full disk", () => {
  it("HO2: is told of in the log once, and that it works again", async () => {
    const { clock, snapshots, lines, change } = world();
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1_000);
        await turn();
      }
    };
    snapshots.isFull = true;
    change();
    await pass(9);
    assert.ok(snapshots.saves >= 9);
    snapshots.isFull = false;
    await pass(1);
    assert.equal(snapshots.kept.size, 1);
    assert.deepEqual(lines.map(({ message }) => message), [
      "snapshot not kept",
      "snapshot kept again",
    ]);
  });

  it("HO2: has no more who wait for it than wait, and as many as there are are told when it works again", async () => {
    const { clock, snapshots, saver } = alone();
    snapshots.isFull = true;
    let told = 0;
    const many = 200_000;
    for (let one = 0; one < many; one += 1) saver.save(() => told += 1);
    const withdraw = saver.save(() => assert.fail("it waits no more"));
    clock.advance(10);
    await turn();
    withdraw();
    snapshots.isFull = false;
    clock.advance(1_000);
    await turn();
    assert.equal(told, many);
  });
});

describe("what changes in a room", () => {
  it("HO2: is kept once in 250 ms, however much it is", async () => {
    const { clock, snapshots, change } = world();
    for (let ms = 0; ms < 1_000; ms += 10) {
      change();
      await turn();
      clock.advance(10);
    }
    assert.equal(snapshots.saves, 5);
  });

  it("HO2: is kept without that rest where somebody has gone", async () => {
    const { clock, actor, core, snapshots, change } = world();
    change();
    await turn();
    core.answer = () => [{ type: "persist", soon: true }];
    actor.post({ type: "tick" });
    clock.advance(10);
    await turn();
    assert.equal(snapshots.saves, 2);
  });

  it("is kept no more when the room has ended", async () => {
    const { clock, actor, core, snapshots, change } = world();
    change();
    await turn();
    assert.equal(snapshots.kept.size, 1);
    core.answer = () => [{ type: "end" }];
    actor.post({ type: "tick" });
    clock.advance(1_000);
    await turn();
    assert.equal(snapshots.kept.size, 0);
  });

  it("is not kept by what the store had under way when the room ended", async () => {
    const { clock, core, actor, snapshots, change } = world();
    snapshots.isSlow = true;
    change();
    core.answer = () => [{ type: "end" }];
    actor.post({ type: "tick" });
    snapshots.answer();
    await turn();
    clock.advance(1_000);
    await turn();
    assert.deepEqual([snapshots.saves, snapshots.kept.size], [1, 0]);
  });

  it("is no fault where the room has ended, and the next one of its name was kept first", async () => {
    const { core, actor, snapshots, lines, change } = world();
    snapshots.isSlow = true;
    change();
    core.answer = () => [{ type: "end" }];
    actor.post({ type: "tick" });
    const next = { room: "r", epoch: 8, bytes: new Uint8Array() };
    snapshots.kept.set("r", next);
    snapshots.answer();
    await turn();
    assert.deepEqual(lines.map(({ message }) => message), []);
    assert.deepEqual([...snapshots.kept.values()], [next]);
  });
});

describe("a room whose process stops", () => {
  it("HO6: says so to those who are here, is kept, and hears nothing more", async () => {
    const { clock, actor, core, snapshots, socket, enter } = world();
    enter();
    await turn();
    core.answer = () => [{ type: "send", connection: "c1", text: "bye" }];
    const away = { type: "goingAway", resumeInMs: 1, overMs: 1, offset: 0 };
    const suspended = actor.suspend({ ...away, type: "goingAway" });
    clock.advance(20);
    await suspended;
    assert.equal(socket.sent.at(-1), "bye");
    assert.equal(socket.closedWith?.code, 1001);
    assert.equal(snapshots.kept.size, 1);
    const { length } = core.heard;
    actor.post({ type: "tick" });
    assert.equal(core.heard.length, length);
  });
});
