import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { dtlsParameters, track } from "./media.ts";
import { isRefused, pair } from "./pair.ts";

describe("transports", () => {
  it("are made in the SFU, with data channels on, and described to the client", () => {
    const { world, ann } = pair();
    const info = ann.request("createWebRtcTransport", {
      direction: "send",
      forceTcp: true,
    });
    assert.ok(info.sctpParameters);
    assert.deepEqual(world.sfu.calls("createWebRtcTransport"), [
      { routerId: "router-1", forceTcp: true, sctp: true },
    ]);
  });

  it("are connected by their owner", () => {
    const { world, ann } = pair();
    const transportId = world.openTransport(ann, "send");
    const connect = { transportId, dtlsParameters };
    assert.deepEqual(ann.request("connectWebRtcTransport", connect), {});
    assert.deepEqual(world.sfu.calls("connectWebRtcTransport"), [
      { routerId: "router-1", transportId, dtlsParameters },
    ]);
  });

  it("of somebody else are not found", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    const error = "transportNotFound";
    isRefused(bob, error, "closeTransport", { transportId });
    isRefused(bob, error, "produce", track(transportId));
    isRefused(bob, error, "connectWebRtcTransport", {
      transportId,
      dtlsParameters,
    });
    assert.equal(world.sfu.open.size, 1);
  });

  it("are limited, counting those that are being made", () => {
    const { world, ann } = pair({ maxTransports: 2 });
    world.answering = false;
    const send = { direction: "send" } as const;
    const ids = [0, 1, 2].map(() => ann.send("createWebRtcTransport", send));
    const [first = 0, second = 0, third = 0] = ids;
    assert.equal(ann.error(third).code, errors.tooManyTransports.code);
    world.answerCall();
    world.answerCall("INTERNAL");
    const { transportId } = ann.result<"createWebRtcTransport">(first);
    assert.equal(ann.error(second).code, errors.internalError.code);
    world.answering = true;
    world.openTransport(ann, "send");
    isRefused(ann, "tooManyTransports", "createWebRtcTransport", send);
    ann.request("closeTransport", { transportId });
    world.openTransport(ann, "send");
  });

  it("take down all that is on them, and tell each who is concerned once", () => {
    const { world, ann, bob } = pair();
    const { transportId, producerId } = world.publish(ann);
    const { consumerId } = world.subscribe(bob, producerId);
    bob.takeEvents();
    ann.request("closeTransport", { transportId });
    const closed = bob.next("consumerClosed");
    assert.equal(closed.consumerId, consumerId);
    assert.equal(closed.cause, "producerClosed");
    const removed = bob.next("producerRemoved");
    assert.equal(removed.producerId, producerId);
    assert.equal(removed.key, "microphone");
    assert.equal(removed.cause, "transportClosed");
    assert.deepEqual(bob.takeEvents(), []);
    assert.deepEqual(ann.takeEvents(), []);
    isRefused(ann, "producerNotFound", "closeProducer", { producerId });
    isRefused(bob, "consumerNotFound", "closeConsumer", { consumerId });
  });

  it("that receive take their consumers down without a word to their owner", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    const { transportId, consumerId } = world.subscribe(bob, producerId);
    bob.takeEvents();
    bob.request("closeTransport", { transportId });
    assert.deepEqual(bob.takeEvents(), []);
    isRefused(bob, "consumerNotFound", "resumeConsumer", { consumerId });
    ann.request("closeProducer", { producerId });
    assert.deepEqual(bob.takeEvents(), ["producerRemoved"]);
  });
});
