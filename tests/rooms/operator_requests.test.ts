import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type {
  AdminCommand,
  AdminOutcome,
} from "../../rooms/core/admin/command.ts";
import { turn } from "../support/turn.ts";
import { persist, world } from "./saving_stage.ts";

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
