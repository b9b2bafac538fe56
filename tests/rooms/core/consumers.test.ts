import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { rtpCapabilities, rtpParameters } from "./media.ts";
import { isRefused, pair } from "./pair.ts";

const keys = <K extends string>(record: Record<K, unknown>): K[] =>
  Object.keys(record) as K[];

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
    assert.ok(session?.state === "joined");
    assert.equal(session.media?.producers.get(producerId)?.consumers.size, 0);
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
