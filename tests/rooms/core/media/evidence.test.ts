import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Client } from "../client.ts";
import { dtlsParameters } from "../media.ts";
import { pair } from "../pair.ts";
import type { World } from "../world.ts";

/** Ann with a transport that was connected and has received 1,000 bytes. */
function connected(policy: Parameters<typeof pair>[0] = {}) {
  const { world, ann, bob } = pair(policy);
  const { transportId } = world.publish(ann);
  world.connectTransport(ann, transportId);
  world.sfu.received.set(transportId, 1_000);
  return { world, ann, bob, transportId };
}

const adviceFor = (world: World, client: Client): string[] =>
  world.resumed(client).transports.map(({ advice }) => advice);

describe("the answer to a resume", () => {
  it("MD6: calls a transport alive after a short outage, without asking the SFU", () => {
    const { world, ann } = connected();
    ann.drop();
    const before = world.sfu.performed.length;
    world.advance(6_999);
    world.answering = false;
    assert.deepEqual(adviceFor(world, ann), ["alive"]);
    assert.equal(world.sfu.performed.length, before);
  });

  it("MD6: says by its states what is to be done about a transport, however short", () => {
    const cases = [
      ["connected", "connected", "alive"],
      ["completed", "connected", "alive"],
      ["disconnected", "connected", "restart"],
      ["completed", "failed", "recreate"],
      ["completed", "closed", "recreate"],
      ["closed", "connected", "recreate"],
    ] as const;
    for (const [ice, dtls, advice] of cases) {
      const { world, ann, transportId } = connected();
      ann.drop();
      world.transportState(transportId, ice, dtls);
      assert.deepEqual(adviceFor(world, ann), [advice], `${ice}, ${dtls}`);
    }
  });

  it("MD6: leaves alone what has not been connected yet", () => {
    const { world, ann } = pair();
    world.openTransport(ann, "recv");
    const transportId = world.openTransport(ann, "send");
    ann.request("connectWebRtcTransport", { transportId, dtlsParameters });
    ann.drop();
    world.advance(9_000);
    assert.deepEqual(adviceFor(world, ann), ["alive", "alive"]);
  });

  it("MD6: past 7 s calls alive only that on which bytes have come in since the loss", () => {
    for (
      const [bytes, advice] of [[1_000, "restart"], [1_001, "alive"]] as const
    ) {
      const { world, ann, transportId } = connected();
      ann.drop();
      world.advance(7_000);
      world.sfu.received.set(transportId, bytes);
      assert.deepEqual(adviceFor(world, ann), [advice]);
    }
  });

  it("MD6: counts the outage from when the session was last heard", () => {
    const { world, ann, transportId } = connected();
    ann.alive = false;
    world.advance(7_000);
    assert.equal(ann.connections.get("connection-1"), "timeout");
    ann.alive = true;
    world.sfu.received.set(transportId, 1_000);
    assert.deepEqual(adviceFor(world, ann), ["restart"]);
  });

  it("MD6: looks also where the old connection was silent and not lost yet", () => {
    const { world, ann } = connected({ timeoutMs: 60_000 });
    ann.alive = false;
    world.advance(7_000);
    assert.equal(ann.closed, null);
    assert.deepEqual(adviceFor(world, ann), ["restart"]);
  });

  it("MD6: waits for the SFU no longer than 300 ms, and then says restart", () => {
    const { world, ann, bob } = connected();
    ann.drop();
    world.advance(8_000);
    bob.takeEvents();
    world.answering = false;
    const id = world.resume(ann);
    world.advance(299);
    assert.equal(ann.hasAnswer(id), false);
    assert.deepEqual(bob.takeEvents(), []);
    world.advance(1);
    const { transports } = ann.result<"resume">(id);
    assert.equal(transports[0]?.advice, "restart");
    assert.deepEqual(bob.takeEvents(), ["participantReconnected"]);
    world.answerCalls();
    assert.equal(ann.closed, null);
  });

  it("MD6: says restart where the SFU fails, or is away", () => {
    const { world, ann } = connected();
    ann.drop();
    world.advance(8_000);
    world.answering = false;
    const id = world.resume(ann);
    world.answerCall("DEADLINE_EXCEEDED");
    assert.equal(ann.result<"resume">(id).transports[0]?.advice, "restart");
    ann.drop();
    world.sfuDown();
    world.advance(8_000);
    assert.deepEqual(adviceFor(world, ann), ["restart"]);
  });

  it("MD6: leaves out a transport that the SFU does not have any more, and says so", () => {
    const { world, ann } = connected();
    ann.drop();
    world.advance(8_000);
    world.answering = false;
    const id = world.resume(ann);
    world.answerCall("NOT_FOUND");
    assert.deepEqual(ann.result<"resume">(id).transports, []);
    assert.equal(ann.next("transportClosed").cause, "lost");
  });

  it("MD6: is given to the last of several that wait", () => {
    const { world, ann } = connected();
    ann.drop();
    world.advance(8_000);
    world.answering = false;
    const first = world.resume(ann);
    const second = world.resume(ann);
    world.answerCalls();
    assert.equal(ann.hasAnswer(first), false);
    ann.result<"resume">(second);
    assert.equal(ann.connections.get("connection-3"), "resumed");
  });
});

describe("a session whose resume waits for the SFU", () => {
  it("MD6: keeps what is told meanwhile for after the answer", () => {
    const { world, ann, bob } = connected();
    ann.drop();
    world.advance(8_000);
    world.answering = false;
    const id = world.resume(ann);
    bob.request("sendMessage", { topic: "t", body: 1 });
    assert.deepEqual(ann.takeEvents(), []);
    world.answerCalls();
    ann.result<"resume">(id);
    assert.deepEqual(ann.takeEvents(), ["message"]);
  });

  it("MD6: is lost again when that connection breaks, with a new grace", () => {
    const { world, ann, bob } = connected();
    ann.drop();
    world.advance(8_000);
    bob.takeEvents();
    world.answering = false;
    world.resume(ann);
    world.advance(100);
    ann.drop();
    assert.equal(bob.next("participantReconnecting").graceMs, 11_900);
    world.answerCalls();
    world.advance(11_899);
    assert.deepEqual(bob.takeEvents(), []);
    world.advance(1);
    assert.ok(bob.takeEvents().includes("participantDisconnected"));
  });

  it("MD6: is not evicted at the end of its old grace, and is shown as reconnecting", () => {
    const { world, ann, bob } = connected();
    ann.drop();
    world.advance(11_900);
    bob.takeEvents();
    world.answering = false;
    const id = world.resume(ann);
    world.advance(200);
    const { participants } = world.knock("eve").result<"join">(1);
    assert.equal(participants[0]?.state, "reconnecting");
    world.answerCalls();
    ann.result<"resume">(id);
    assert.deepEqual(bob.takeEvents(), [
      "participantConnected",
      "participantReconnected",
    ]);
  });

  it("MD6: is asked to wait when it asks for more", () => {
    const { world, ann } = connected();
    ann.drop();
    world.advance(8_000);
    world.answering = false;
    world.resume(ann);
    ann.refused("sendMessage", { topic: "t", body: 1 });
    ann.refused("resume", {
      sessionId: ann.sessionId,
      secret: ann.secret,
      epoch: 7,
      ack: 0,
    });
    for (let count = 0; count < 20; count++) ann.sendText("garbage");
    assert.equal(ann.closed, "protocolError");
  });
});
