import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { rtpParameters, track } from "./media.ts";
import { isRefused, pair } from "./pair.ts";

describe("producers", () => {
  it("are made in the SFU, and told to all others", () => {
    const { world, ann, bob } = pair();
    const { producerId, transportId } = world.publish(ann, {
      key: "camera",
      kind: "video",
      source: "camera",
      paused: true,
      appData: "main",
    });
    assert.deepEqual(world.sfu.calls("produce"), [{
      routerId: "router-1",
      transportId,
      kind: "video",
      rtpParameters,
      paused: true,
    }]);
    assert.deepEqual(bob.next("producerAdded"), {
      seq: 1,
      sessionId: ann.sessionId,
      producer: {
        producerId,
        key: "camera",
        kind: "video",
        source: "camera",
        paused: true,
        type: "simulcast",
        appData: "main",
      },
    });
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("need a transport that sends", () => {
    const { world, ann } = pair();
    const transportId = world.openTransport(ann, "recv");
    isRefused(ann, "transportNotFound", "produce", track(transportId));
  });

  it("have a key of their own among all that a participant publishes", () => {
    const { world, ann, bob } = pair();
    const { transportId, producerId } = world.publish(ann, { key: "one" });
    const again = track(transportId, { key: "one" });
    isRefused(ann, "trackKeyDuplicate", "produce", again);
    world.publish(bob, { key: "one" });
    ann.request("closeProducer", { producerId });
    ann.request("produce", again);
  });

  it("with the same key made at the same time: the first stays, the second is closed", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    world.answering = false;
    const first = ann.send("produce", track(transportId));
    const second = ann.send("produce", track(transportId));
    world.answerCalls();
    const { producerId } = ann.result<"produce">(first);
    assert.equal(ann.error(second).code, errors.trackKeyDuplicate.code);
    assert.deepEqual(world.sfu.inventory, [producerId, transportId].sort());
    assert.deepEqual(bob.takeEvents(), ["producerAdded"]);
  });

  it("are limited, counting those that are being made", () => {
    const { world, ann } = pair({ maxProducers: 1 });
    const transportId = world.openTransport(ann, "send");
    world.answering = false;
    ann.send("produce", track(transportId, { key: "one" }));
    const two = track(transportId, { key: "two" });
    isRefused(ann, "tooManyProducers", "produce", two);
    world.answerCalls();
    isRefused(ann, "tooManyProducers", "produce", two);
  });

  it("carry no more application data than metadata may be", () => {
    const { world, ann } = pair({ maxMetadataBytes: 4 });
    const transportId = world.openTransport(ann, "send");
    const params = track(transportId, { appData: "12345" });
    isRefused(ann, "metadataTooLarge", "produce", params);
  });

  it("are muted and unmuted by their owner, and all others told once", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    bob.takeEvents();
    ann.request("pauseProducer", { producerId });
    ann.request("pauseProducer", { producerId });
    const { participants } = world.knock("eve").result<"join">(1);
    assert.equal(participants[0]?.producers[0]?.paused, true);
    ann.request("resumeProducer", { producerId });
    const paused = bob.next("producerPaused");
    assert.equal(paused.sessionId, ann.sessionId);
    assert.equal(paused.key, "microphone");
    bob.next("participantConnected");
    bob.next("producerResumed");
    assert.deepEqual(bob.takeEvents(), []);
    assert.equal(world.sfu.calls("pauseProducer").length, 2);
  });

  it("stay as they are when the SFU does not mute them", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    bob.takeEvents();
    world.answering = false;
    const id = ann.send("pauseProducer", { producerId });
    world.answerCall("INTERNAL");
    assert.equal(ann.error(id).code, errors.internalError.code);
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("of somebody else are not found", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    for (
      const method of [
        "pauseProducer",
        "resumeProducer",
        "closeProducer",
      ] as const
    ) isRefused(bob, "producerNotFound", method, { producerId });
  });

  it("closed by their owner are closed for all: consumers first, then the producer", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    const { consumerId } = world.subscribe(bob, producerId);
    bob.takeEvents();
    ann.request("closeProducer", { producerId });
    assert.deepEqual(bob.next("consumerClosed"), {
      seq: 2,
      consumerId,
      cause: "producerClosed",
    });
    assert.equal(bob.next("producerRemoved").cause, "closed");
    assert.deepEqual(bob.takeEvents(), []);
    assert.equal(world.sfu.calls("closeConsumer").length, 0);
  });

  it("closed by the SFU are told to their owner, too", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    world.subscribe(bob, producerId);
    bob.takeEvents();
    world.collapse(producerId);
    assert.equal(ann.next("producerRemoved").producerId, producerId);
    assert.deepEqual(bob.takeEvents(), ["consumerClosed", "producerRemoved"]);
    assert.equal(world.sfu.calls("closeProducer").length, 0);
  });
});
