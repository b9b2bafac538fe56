import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { closeCodes } from "../../protocol/mod.ts";
import { Actor } from "../../rooms/actor.ts";
import { Connection } from "../../rooms/connection.ts";
import type {
  AdminCommand,
  AdminOutcome,
} from "../../rooms/core/admin/command.ts";
import type { Effect } from "../../rooms/core/effect.ts";
import { SavePace } from "../../rooms/save_pace.ts";
import { Saver } from "../../rooms/saver.ts";
import { turn } from "../support/turn.ts";
import { admission } from "./actor_stage.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { claimsOf } from "./fakes/claims.ts";
import { ScriptedCore } from "./fakes/core.ts";
import { FakeLink } from "./fakes/link.ts";
import { keepingLog } from "./fakes/log.ts";
import { FakeSnapshots } from "./fakes/snapshots.ts";
import { FakeSocket } from "./fakes/socket.ts";

const persist: Effect = { type: "persist" };
const welcome: Effect[] = [
  { type: "send", connection: "c1", text: "welcome", whenKept: true },
  { type: "send", connection: "c1", text: "event" },
  persist,
];

function world({ entersWhenKept = false } = {}) {
  const clock = new VirtualClock();
  const core = new ScriptedCore();
  const snapshots = new FakeSnapshots();
  const { log, lines } = keepingLog();
  const actor = new Actor({
    name: "r",
    epoch: 7,
    core,
    link: new FakeLink(),
    clock,
    log,
    snapshots,
    entersWhenKept,
    authenticate: () => Promise.resolve({ ok: true, claims: claimsOf("ann") }),
    iceServersFor: () => ({ servers: [], renewAt: null }),
    onEnd: () => {},
  });
  const socket = new FakeSocket();
  const connection = new Connection("c1", socket, {
    clock,
    maxBacklogBytes: 1_000,
  });
  const enter = () => {
    core.answer = (input) => input.type === "opened" ? welcome : [];
    actor.join(connection, admission);
  };
  const change = () => {
    core.answer = () => [persist];
    actor.post({ type: "tick" });
  };
  return { clock, actor, core, snapshots, socket, lines, enter, change };
}

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

describe("an answer that is given when it is kept", () => {
  it("HO2: comes as soon as that is so, and before all that follows it", async () => {
    const { snapshots, socket, enter } = world();
    snapshots.isSlow = true;
    enter();
    await turn();
    assert.deepEqual(socket.sent, []);
    snapshots.answer();
    await turn();
    assert.deepEqual(socket.sent, ["welcome", "event"]);
  });

  it("HO2: comes after 200 ms anyway, with a line in the log", async () => {
    const { clock, snapshots, socket, lines, enter } = world();
    snapshots.isSlow = true;
    enter();
    clock.advance(199);
    assert.deepEqual(socket.sent, []);
    clock.advance(1);
    assert.deepEqual(socket.sent, ["welcome", "event"]);
    assert.equal(lines.at(-1)?.message, "answered before it was kept");
    snapshots.answer();
    await turn();
  });

  it("HO10: is not given where another process may go on with the room: the client is to try again after 1.5 s", async () => {
    const { clock, snapshots, socket, enter } = world({ entersWhenKept: true });
    snapshots.isSlow = true;
    enter();
    clock.advance(1_499);
    assert.deepEqual([socket.sent, socket.closedWith], [[], undefined]);
    clock.advance(1);
    assert.deepEqual(socket.sent, []);
    assert.equal(socket.closedWith?.code, closeCodes.tryAgainLater);
    snapshots.answer();
    await turn();
    assert.deepEqual(socket.sent, []);
  });

  it("HO2: waits for what is true now, not for what was kept before", async () => {
    const { clock, snapshots, socket, enter, change } = world();
    snapshots.isSlow = true;
    change();
    enter();
    snapshots.answer();
    await turn();
    assert.deepEqual(socket.sent, []);
    clock.advance(20);
    assert.equal(snapshots.saves, 2);
    snapshots.answer();
    await turn();
    assert.deepEqual(socket.sent, ["welcome", "event"]);
  });

  it("HO2: waits as long as the room took to be written, if that was longer", async () => {
    const { clock, core, snapshots, enter, change } = world();
    core.writing = () => clock.advance(1_000);
    change();
    await turn();
    core.writing = () => {};
    enter();
    clock.advance(999);
    assert.equal(snapshots.saves, 1);
    clock.advance(1);
    await turn();
    assert.equal(snapshots.saves, 2);
  });

  it("HO2: waits 100 ms at most for a room to rest that took long to be written", async () => {
    const { clock, core, snapshots, socket, lines, enter, change } = world();
    core.writing = () => clock.advance(60);
    change();
    await turn();
    core.writing = () => {};
    enter();
    clock.advance(99);
    assert.equal(snapshots.saves, 1);
    clock.advance(1);
    await turn();
    assert.equal(snapshots.saves, 2);
    assert.deepEqual(socket.sent, ["welcome", "event"]);
    assert.deepEqual(lines, []);
  });
});

describe("what an operator is told to be done", () => {
  const done: AdminOutcome = { type: "done" };
  const ban: AdminCommand = { type: "ban", identity: "ann", banMs: 1 };

  function asked() {
    const made = world();
    made.snapshots.isSlow = true;
    made.core.answer = (input) =>
      input.type === "admin"
        ? [persist, {
          type: "adminAnswer",
          request: input.request,
          outcome: done,
        }]
        : [];
    const told: AdminOutcome[] = [];
    made.actor.command(ban).then((outcome) => told.push(outcome));
    return { ...made, told };
  }

  it("HO2: is kept by then", async () => {
    const { clock, snapshots, told } = asked();
    await turn();
    snapshots.answer();
    await turn();
    // What was said in between may not be in there.
    assert.deepEqual(told, []);
    clock.advance(20);
    assert.equal(snapshots.saves, 2);
    snapshots.answer();
    await turn();
    assert.deepEqual(told, [done]);
  });

  it("HO2: is told after 200 ms anyway, with a line in the log", async () => {
    const { clock, snapshots, lines, told } = asked();
    clock.advance(199);
    await turn();
    assert.deepEqual(told, []);
    clock.advance(1);
    await turn();
    assert.deepEqual(told, [done]);
    assert.equal(lines.at(-1)?.message, "answered before it was kept");
    snapshots.answer();
    await turn();
  });

  it("HO2: is told if the room is kept when its process stops, but not if it is another's by then", async () => {
    const stopped = asked();
    stopped.snapshots.isSlow = false;
    const away = { resumeInMs: 1, overMs: 1, offset: 0 };
    const suspended = stopped.actor.suspend({ type: "goingAway", ...away });
    stopped.snapshots.answer();
    await turn();
    stopped.clock.advance(20);
    await suspended;
    await turn();
    assert.deepEqual(stopped.told, [done]);
    const lost = asked();
    lost.actor.abandon();
    await turn();
    assert.deepEqual(lost.told, [{ type: "refused", reason: "roomEnded" }]);
    lost.snapshots.answer();
    await turn();
  });

  it("OP1: is the end of the room at once", async () => {
    const { actor, core } = world();
    core.answer = (input) =>
      input.type === "admin"
        ? [
          { type: "adminAnswer", request: input.request, outcome: done },
          { type: "end", bans: [] },
        ]
        : [];
    const closing = actor.command({ type: "closeRoom", reason: "roomClosed" });
    assert.deepEqual(await closing, done);
  });
});

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
