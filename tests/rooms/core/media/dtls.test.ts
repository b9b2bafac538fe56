import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { dtlsParameters } from "../media.ts";
import { pair } from "../pair.ts";

function connecting(policy: Parameters<typeof pair>[0] = {}) {
  const { world, ann, bob } = pair(policy);
  const { transportId, producerId } = world.publish(ann);
  bob.takeEvents();
  ann.request("connectWebRtcTransport", { transportId, dtlsParameters });
  return { world, ann, bob, transportId, producerId };
}

describe("a transport whose DTLS does not connect", () => {
  it("MD1: is closed after its time, and its owner told that it timed out", () => {
    const { world, ann, bob, transportId } = connecting();
    world.advance(14_999);
    assert.deepEqual(ann.takeEvents(), []);
    world.advance(1);
    const closed = ann.next("transportClosed");
    assert.equal(closed.transportId, transportId);
    assert.equal(closed.cause, "dtlsTimeout");
    assert.equal(world.sfu.open.size, 0);
    const told = bob.takeEvents();
    assert.ok(told.includes("producerRemoved"));
    assert.ok(!told.includes("participantDisconnected"));
    assert.equal(ann.closed, null);
  });

  it("MD1: has its time from the connect on, not from its making", () => {
    const { world, ann } = pair();
    const transportId = world.openTransport(ann, "send");
    world.advance(60_000);
    ann.request("connectWebRtcTransport", { transportId, dtlsParameters });
    world.advance(14_999);
    assert.deepEqual(ann.takeEvents(), []);
    world.advance(1);
    assert.deepEqual(ann.takeEvents(), ["transportClosed"]);
  });

  it("MD1: is never closed for it when it was not asked to connect", () => {
    const { world, ann } = pair();
    world.openTransport(ann, "recv");
    world.advance(600_000);
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("MD1: has the time that the policy gives, also while its owner is lost", () => {
    const { world, ann, transportId } = connecting({ dtlsTimeoutMs: 6_000 });
    ann.drop();
    world.advance(6_000);
    const { transports } = world.resumed(ann);
    assert.deepEqual(transports, []);
    const { cause } = ann.next("transportClosed");
    assert.equal(cause, "dtlsTimeout");
    assert.equal(world.sfu.open.has(transportId), false);
  });

  it("MD1: is closed at once when the handshake fails", () => {
    const { world, ann, transportId } = connecting();
    world.transportState(transportId, "connected", "failed");
    assert.equal(ann.next("transportClosed").cause, "dtlsFailed");
    assert.equal(ann.nextHint("transportState").dtls, "failed");
  });

  it("MD1: is given the time in which the service was itself asleep", () => {
    const { world, ann, transportId } = connecting();
    world.advance(500);
    world.now += 60_000;
    world.tick();
    assert.deepEqual(ann.takeEvents(), []);
    world.transportState(transportId, "completed", "connected");
    world.advance(60_000);
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("MD1: does not end by a second connect, nor begin anew", () => {
    const { world, ann, transportId } = connecting();
    world.advance(10_000);
    ann.request("connectWebRtcTransport", { transportId, dtlsParameters });
    world.advance(5_000);
    assert.deepEqual(ann.takeEvents(), ["transportClosed"]);
  });
});

describe("a transport whose DTLS was connected once", () => {
  it("MD2: stays whatever its states become, and so does its participant", () => {
    const { world, ann, bob, transportId } = connecting();
    world.transportState(transportId, "completed", "connected");
    for (
      const [ice, dtls] of [
        ["disconnected", "connected"],
        ["disconnected", "failed"],
        ["closed", "closed"],
      ] as const
    ) {
      world.transportState(transportId, ice, dtls);
      world.advance(60_000);
      assert.equal(ann.hints.at(-1)?.hint, "transportState");
    }
    assert.ok(world.sfu.open.has(transportId));
    assert.equal(ann.closed, null);
    const told = new Set(bob.takeEvents());
    assert.deepEqual([...told], ["mediaStateChanged"]);
    assert.deepEqual(ann.takeEvents(), []);
  });
});
