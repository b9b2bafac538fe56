import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Diagnostic } from "../../client/mod.ts";
import { FakeClient, WALL_CLOCK_AHEAD } from "./fakes/client.ts";
import { rest } from "./fakes/turns.ts";
import { joined, reportOf } from "./outage.ts";

describe("what is told of an incident", () => {
  it("RP1: is one report, here and to the service", async () => {
    await using client = await joined();
    const startedAt = WALL_CLOCK_AHEAD + client.clock.now();
    client.service.cut();
    await client.pass(2_000);
    await client.pass(1_000);
    client.service.restore();
    await client.pass(1_000);
    const report = reportOf(client);
    assert.deepEqual(report, {
      trigger: "silence",
      startedAt: startedAt + 2_000,
      durationMs: 2_000,
      signalingMs: 2_000,
      mediaMs: 0,
      outcome: "recovered",
      steps: [
        { atMs: 0, step: "suspected" },
        { atMs: 0, step: "socketTried" },
        { atMs: 2_000, step: "socketTried" },
        { atMs: 2_000, step: "socketOpened" },
        { atMs: 2_000, step: "resumed" },
      ],
    });
    assert.equal(client.argsOf("recovery").length, 1);
    assert.deepEqual(client.service.of("reportRecovery"), [report]);
  });

  it("is told step by step to those who watch", async () => {
    await using client = new FakeClient();
    const room = await client.connect();
    const heard: Diagnostic[] = [];
    room.on("diagnostic", (diagnostic) => heard.push(diagnostic));
    await client.pass(0);
    client.service.vanish();
    client.service.socket.drop(1006);
    await rest();
    const signaling = heard.filter(({ about }) => about === "signaling");
    assert.deepEqual(signaling, [
      { about: "signaling", state: "connected" },
      {
        about: "signaling",
        state: "lost",
        attempt: { type: "trying" },
        graceMs: 12_000,
      },
      {
        about: "signaling",
        state: "lost",
        attempt: { type: "waiting", ms: 500 },
        graceMs: 12_000,
      },
    ]);
    const steps = heard.filter(({ about }) => about === "recovery");
    assert.deepEqual(steps, [
      { about: "recovery", step: "socketTried", detail: undefined },
    ]);
  });

  it("HB4: the round trip is told", async () => {
    await using client = await joined();
    assert.equal(client.room.roundTripMs, undefined);
    const heard: number[] = [];
    client.room.on("roundTrip", (ms) => heard.push(ms));
    client.service.ping(23.5);
    await rest();
    assert.equal(client.room.roundTripMs, 23.5);
    assert.deepEqual(heard, [23.5]);
  });
});
