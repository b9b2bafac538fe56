import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, type RecoveryReport } from "../../../protocol/mod.ts";
import type { Announcement } from "../../../rooms/core/effect.ts";
import { pair } from "./pair.ts";
import type { World } from "./world.ts";

type Recovery = Extract<Announcement, { type: "recovery" }>;

const recoveries = ({ announcements }: World): Recovery[] =>
  announcements.filter((one): one is Recovery => one.type === "recovery");

const report = (options: Partial<RecoveryReport> = {}): RecoveryReport => ({
  trigger: "silence",
  startedAt: 0,
  durationMs: 1_200,
  signalingMs: 1_000,
  mediaMs: 1_100,
  steps: [{ atMs: 900, step: "socketOpened" }, {
    atMs: 1_000,
    step: "resumed",
  }],
  outcome: "recovered",
  ...options,
});

describe("an incident ends in one report", () => {
  it("RP1: of what the room saw and what the client says, when that comes", () => {
    const { world, bob } = pair();
    world.advance(1_400);
    bob.drop();
    world.advance(3_000);
    world.resumed(bob);
    assert.deepEqual(recoveries(world), []);
    world.advance(2_000);
    const client = report();
    bob.request("reportRecovery", client);
    world.advance(60_000);
    assert.deepEqual(recoveries(world), [{
      type: "recovery",
      sessionId: bob.sessionId,
      identity: "bob",
      roundTripMs: 0,
      seen: {
        trigger: "socketClosed",
        detectionMs: 400,
        durationMs: 3_400,
        outcome: "resumed",
      },
      report: client,
    }]);
  });

  it("RP1: of what the room saw alone, when the client says nothing for 30 s", () => {
    const { world, bob } = pair();
    bob.alive = false;
    world.advance(5_000);
    world.resumed(bob);
    bob.alive = true;
    world.advance(29_999);
    assert.deepEqual(recoveries(world), []);
    world.advance(1);
    const [recovery] = recoveries(world);
    assert.deepEqual(recovery?.seen, {
      trigger: "silence",
      detectionMs: 4_000,
      durationMs: 5_000,
      outcome: "resumed",
    });
    assert.equal(recovery?.report, null);
  });

  it("RP1: at the eviction", () => {
    const { world, bob } = pair();
    bob.drop();
    world.advance(12_000);
    assert.deepEqual(recoveries(world).map(({ seen }) => seen), [{
      trigger: "socketClosed",
      detectionMs: 0,
      durationMs: 12_000,
      outcome: "networkDisconnect",
    }]);
  });

  it("RP1: with the reason, when the session ends otherwise meanwhile", () => {
    const { world, bob } = pair();
    const { sessionId } = bob;
    bob.drop();
    world.admin({ type: "removeParticipant", sessionId });
    assert.equal(recoveries(world)[0]?.seen?.outcome, "removed");
    const [recovery, left] = world.announcements.slice(-2);
    assert.deepEqual([recovery?.type, left?.type], [
      "recovery",
      "participantLeft",
    ]);
  });

  it("RP1: also when the room is closed while the session is lost", () => {
    const { world, bob } = pair();
    bob.drop();
    world.admin({ type: "closeRoom", reason: "roomClosed" });
    assert.equal(recoveries(world)[0]?.seen?.outcome, "roomClosed");
  });

  it("RP1: though it was resumed, and left before the client could say more", () => {
    const { world, bob } = pair();
    bob.drop();
    world.resumed(bob);
    bob.request("leave", {});
    assert.equal(recoveries(world)[0]?.seen?.outcome, "resumed");
  });

  it("RP1: each, when there are two in a row", () => {
    const { world, bob } = pair();
    bob.drop();
    world.resumed(bob);
    world.advance(1_000);
    bob.drop();
    assert.equal(recoveries(world).length, 1);
    world.resumed(bob);
    bob.request("reportRecovery", report());
    assert.equal(recoveries(world).length, 2);
    assert.equal(recoveries(world)[0]?.report, null);
    assert.notEqual(recoveries(world)[1]?.report, null);
  });

  it("RP1: of the client's alone where the room lost nobody", () => {
    const { world, bob } = pair();
    bob.drop();
    world.resumed(bob);
    const ofMedia = report({
      signalingMs: 0,
      steps: [],
      trigger: "mediaStopped",
    });
    bob.request("reportRecovery", ofMedia);
    const [first] = recoveries(world);
    assert.equal(first?.seen, null);
    assert.deepEqual(first?.report, ofMedia);
    bob.request("reportRecovery", report());
    assert.equal(recoveries(world)[1]?.seen?.outcome, "resumed");
    bob.request("reportRecovery", report());
    assert.equal(recoveries(world)[2]?.seen, null);
  });

  it("RP1: not of a doubt that was sent before the loss, and comes after the return", () => {
    const { world, bob } = pair();
    bob.drop();
    world.resumed(bob);
    bob.request("reportRecovery", report({ signalingMs: 11, steps: [] }));
    bob.request("reportRecovery", report());
    assert.deepEqual(recoveries(world).map(({ seen }) => seen?.outcome), [
      undefined,
      "resumed",
    ]);
  });

  it("RP1: of which a client gives no more than 10 in a minute", () => {
    const { world, bob } = pair();
    for (let count = 0; count < 10; count++) {
      bob.request("reportRecovery", report());
    }
    const { code, data } = bob.refused("reportRecovery", report());
    assert.equal(code, errors.tooManyRequests.code);
    assert.equal(data.retryAfterMs, 60_000);
    world.advance(60_000);
    bob.request("reportRecovery", report());
  });
});
