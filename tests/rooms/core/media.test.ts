import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type ErrorName, errors } from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";
import {
  dtlsParameters,
  rtpCapabilities,
  rtpParameters,
  track,
} from "./media.ts";
import { World } from "./world.ts";

function pair(policy: ConstructorParameters<typeof World>[0] = {}) {
  const world = new World(policy);
  const ann = world.join("ann");
  const bob = world.join("bob");
  ann.takeEvents();
  return { world, ann, bob };
}

const isRefused = (
  client: Client,
  error: ErrorName,
  ...request: Parameters<Client["refused"]>
) => assert.equal(client.refused(...request).code, errors[error].code);

const keys = <K extends string>(record: Record<K, unknown>): K[] =>
  Object.keys(record) as K[];

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

  it("are connected and restarted by their owner", () => {
    const { world, ann } = pair();
    const transportId = world.openTransport(ann, "send");
    const connect = { transportId, dtlsParameters };
    assert.deepEqual(ann.request("connectWebRtcTransport", connect), {});
    const { iceParameters } = ann.request("restartIce", { transportId });
    assert.equal(iceParameters.usernameFragment, "u");
    assert.deepEqual(world.sfu.calls("connectWebRtcTransport"), [
      { routerId: "router-1", transportId, dtlsParameters },
    ]);
  });

  it("of somebody else are not found", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    const error = "transportNotFound";
    isRefused(bob, error, "restartIce", { transportId });
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

describe("consumers", () => {
  it("are made paused, for the capabilities of their transport", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    const transportId = world.openTransport(bob, "recv");
    const preferredLayers = { spatialLayer: 1, temporalLayer: 0 };
    const result = bob.request("consume", {
      transportId,
      producerId,
      preferredLayers,
    });
    assert.deepEqual(world.sfu.calls("consume"), [{
      routerId: "router-1",
      transportId,
      producerId,
      rtpCapabilities,
      paused: true,
      preferredLayers,
    }]);
    assert.equal(result.producerId, producerId);
    assert.deepEqual(result.rtpParameters, rtpParameters);
  });

  it("need a transport that receives, and a producer of somebody else", () => {
    const { world, ann, bob } = pair();
    const mine = world.publish(bob);
    const { producerId } = world.publish(ann);
    const { transportId } = mine;
    const onSending = { transportId, producerId };
    isRefused(bob, "transportNotFound", "consume", onSending);
    const recv = world.openTransport(bob, "recv");
    for (const producerId of [mine.producerId, "nothing", recv]) {
      const params = { transportId: recv, producerId };
      isRefused(bob, "producerNotFound", "consume", params);
    }
  });

  it("pass commands of their owner on, and of nobody else", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    const { consumerId } = world.subscribe(bob, producerId);
    const layers = { spatialLayer: 2 };
    const commands = {
      pauseConsumer: { consumerId },
      resumeConsumer: { consumerId },
      requestConsumerKeyFrame: { consumerId },
      setConsumerPreferredLayers: { consumerId, layers },
      setConsumerPriority: { consumerId, priority: 9 },
    };
    for (const method of keys(commands)) {
      const params = commands[method];
      assert.deepEqual(bob.request(method, params), {});
      assert.deepEqual(world.sfu.calls(method), [
        { routerId: "router-1", ...params },
      ]);
      isRefused(ann, "consumerNotFound", method, params);
    }
    isRefused(ann, "consumerNotFound", "closeConsumer", { consumerId });
  });

  it("closed by their owner are gone from the SFU and forgotten by their producer", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    const { consumerId } = world.subscribe(bob, producerId);
    bob.takeEvents();
    bob.request("closeConsumer", { consumerId });
    assert.equal(world.sfu.open.has(consumerId), false);
    const session = world.room.dump().sessions.get(ann.sessionId);
    assert.ok(session?.state === "connected");
    assert.equal(session.media.producers.get(producerId)?.consumers.size, 0);
    ann.request("closeProducer", { producerId });
    assert.deepEqual(bob.takeEvents(), ["producerRemoved"]);
  });

  it("closed by the SFU are told to their owner once", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    const { consumerId } = world.subscribe(bob, producerId);
    bob.takeEvents();
    world.collapse(consumerId);
    assert.equal(bob.next("consumerClosed").cause, "transportClosed");
    ann.request("closeProducer", { producerId });
    assert.deepEqual(bob.takeEvents(), ["producerRemoved"]);
  });

  it("are limited together with those of data, counting those being made", () => {
    const { world, ann, bob } = pair({ maxConsumers: 2 });
    const { producerId } = world.publish(ann);
    const dataProducerId = world.publishData(ann);
    const { transportId } = world.subscribe(bob, producerId);
    bob.request("consumeData", { transportId, dataProducerId });
    const params = { transportId, producerId };
    isRefused(bob, "tooManyConsumers", "consume", params);
    const data = { transportId, dataProducerId };
    isRefused(bob, "tooManyConsumers", "consumeData", data);
  });
});
