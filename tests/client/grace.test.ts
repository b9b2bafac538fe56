import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { joinResult, participant } from "./fakes/answers.ts";
import { FakeClient, WALL_CLOCK_AHEAD } from "./fakes/client.ts";
import { rest } from "./fakes/turns.ts";
import { bobOf, joined } from "./outage.ts";

describe("somebody else who is lost", () => {
  it("GR1: is reconnecting, until a time by this browser's clock", async () => {
    await using client = await joined();
    const bob = bobOf(client);
    const own: string[] = [];
    bob.on("reconnecting", () => own.push(`reconnecting ${bob.state}`));
    bob.on("reconnected", () => own.push(`reconnected ${bob.state}`));
    assert.equal(bob.graceUntil, undefined);
    // The service's clock is an hour ahead.
    const here = WALL_CLOCK_AHEAD + client.clock.now();
    client.service.event("participantReconnecting", {
      sessionId: "s-bob",
      graceUntil: here + 3_600_000 + 9_000,
      graceMs: 9_000,
    });
    await rest();
    assert.equal(bob.state, "reconnecting");
    assert.equal(bob.graceUntil, here + 9_000);
    assert.deepEqual(client.argsOf("participantReconnecting"), [
      [bob, { graceUntil: here + 9_000, graceMs: 9_000 }],
    ]);
    client.service.event("participantReconnected", { sessionId: "s-bob" });
    await rest();
    assert.equal(bob.state, "connected");
    assert.equal(bob.graceUntil, undefined);
    assert.deepEqual(client.argsOf("participantReconnected"), [[bob]]);
    assert.deepEqual(own, [
      "reconnecting reconnecting",
      "reconnected connected",
    ]);
  });

  it("GR1: is reconnecting from the start where one joins meanwhile", async () => {
    await using client = new FakeClient();
    const here = WALL_CLOCK_AHEAD + client.clock.now();
    client.service.answers.join = () =>
      joinResult([
        participant("bob", { state: "reconnecting", graceUntil: here + 5_000 }),
      ]);
    await client.join();
    assert.equal(bobOf(client).state, "reconnecting");
    assert.equal(bobOf(client).graceUntil, here + 5_000);
  });

  it("GR1: has no end of its grace while it is coming back, and is told of once", async () => {
    await using client = new FakeClient();
    client.service.answers.join = () =>
      joinResult([
        participant("bob", { state: "reconnecting" }),
        participant("eve"),
      ]);
    await client.join();
    const bob = bobOf(client);
    assert.equal(bob.state, "reconnecting");
    assert.equal(bob.graceUntil, undefined);
    client.service.event("participantReconnected", { sessionId: "s-bob" });
    client.service.event("participantReconnected", { sessionId: "s-eve" });
    await rest();
    assert.deepEqual(client.argsOf("participantReconnected"), [[bob]]);
  });

  it("GR2: is disconnected when the place is given away", async () => {
    await using client = await joined();
    const bob = bobOf(client);
    const reasons: string[] = [];
    bob.on("disconnected", (reason) => reasons.push(`${reason} ${bob.state}`));
    client.service.event("participantDisconnected", {
      sessionId: "s-bob",
      reason: "networkDisconnect",
    });
    await rest();
    assert.deepEqual(reasons, ["networkDisconnect disconnected"]);
  });

  it("MD8: has a media state", async () => {
    await using client = await joined();
    const bob = bobOf(client);
    const own: string[] = [];
    bob.on("mediaStateChanged", (state) => own.push(state));
    assert.equal(bob.mediaState, "new");
    client.service.event("mediaStateChanged", {
      sessionId: "s-bob",
      state: "disconnected",
    });
    await rest();
    assert.equal(bob.mediaState, "disconnected");
    assert.deepEqual(client.argsOf("mediaStateChanged"), [
      [bob, "disconnected"],
    ]);
    assert.deepEqual(own, ["disconnected"]);
  });
});
