import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { closeCodes } from "../../protocol/mod.ts";
import { turn } from "../support/turn.ts";
import { world } from "./saving_stage.ts";

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
