import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { channel, track } from "./media.ts";
import { pair } from "./pair.ts";

describe("data producers", () => {
  it("are made in the SFU, and told to all others", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    const sctpStreamParameters = { streamId: 3, ordered: false };
    const { dataProducerId } = ann.request(
      "produceData",
      channel(transportId, { sctpStreamParameters, appData: 1 }),
    );
    assert.deepEqual(world.sfu.calls("produceData"), [{
      routerId: "router-1",
      transportId,
      sctpStreamParameters,
      label: "chat",
      protocol: "",
    }]);
    assert.deepEqual(bob.next("dataProducerAdded").dataProducer, {
      dataProducerId,
      key: "chat",
      label: "chat",
      protocol: "",
      appData: 1,
    });
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("need a sending transport, a key of their own, and small application data", () => {
    const { world, ann } = pair({ maxMetadataBytes: 4 });
    const { transportId } = world.publish(ann, { key: "camera" });
    const recv = world.openTransport(ann, "recv");
    const refused = [
      [channel(recv), errors.transportNotFound],
      [channel(transportId, { key: "camera" }), errors.trackKeyDuplicate],
      [channel(transportId, { appData: "12345" }), errors.metadataTooLarge],
    ] as const;
    for (const [params, error] of refused) {
      assert.equal(ann.refused("produceData", params).code, error.code);
    }
    ann.request("produceData", channel(transportId));
    const same = track(transportId, { key: "chat" });
    const { code } = ann.refused("produce", same);
    assert.equal(code, errors.trackKeyDuplicate.code);
  });

  it("are limited by themselves", () => {
    const { world, ann } = pair({ maxDataProducers: 1, maxProducers: 1 });
    const { transportId } = world.publish(ann);
    ann.request("produceData", channel(transportId));
    const second = channel(transportId, { key: "second" });
    const { code } = ann.refused("produceData", second);
    assert.equal(code, errors.tooManyProducers.code);
  });

  it("closed by their owner are closed for all", () => {
    const { world, ann, bob } = pair();
    const dataProducerId = world.publishData(ann);
    const transportId = world.openTransport(bob, "recv");
    const params = { transportId, dataProducerId };
    const { dataConsumerId } = bob.request("consumeData", params);
    bob.takeEvents();
    const stranger = bob.refused("closeDataProducer", { dataProducerId });
    assert.equal(stranger.code, errors.producerNotFound.code);
    ann.request("closeDataProducer", { dataProducerId });
    assert.deepEqual(bob.next("dataConsumerClosed"), {
      seq: 2,
      dataConsumerId,
      cause: "producerClosed",
    });
    assert.equal(bob.next("dataProducerRemoved").cause, "closed");
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("closed by the SFU are told to their owner, too", () => {
    const { world, ann, bob } = pair();
    const dataProducerId = world.publishData(ann);
    bob.takeEvents();
    world.collapse(dataProducerId);
    const { cause } = ann.next("dataProducerRemoved");
    assert.equal(cause, "transportClosed");
    assert.deepEqual(bob.takeEvents(), ["dataProducerRemoved"]);
  });
});

describe("data consumers", () => {
  it("are made on a receiving transport, of data producers of others", () => {
    const { world, ann, bob } = pair();
    const dataProducerId = world.publishData(ann);
    const transportId = world.openTransport(bob, "recv");
    const params = { transportId, dataProducerId };
    const { dataConsumerId, ...result } = bob.request("consumeData", params);
    assert.ok(world.sfu.open.has(dataConsumerId));
    assert.deepEqual(result, {
      dataProducerId,
      sctpStreamParameters: { streamId: 1 },
      label: "label",
      protocol: "",
    });
    const own = world.openTransport(ann, "recv");
    const refused = ann.refused("consumeData", {
      transportId: own,
      dataProducerId,
    });
    assert.equal(refused.code, errors.producerNotFound.code);
    const onSending = bob.refused("consumeData", {
      transportId: world.openTransport(bob, "send"),
      dataProducerId,
    });
    assert.equal(onSending.code, errors.transportNotFound.code);
  });

  it("are closed by their owner, by nobody else, or by the SFU", () => {
    const { world, ann, bob } = pair();
    const dataProducerId = world.publishData(ann);
    const transportId = world.openTransport(bob, "recv");
    const params = { transportId, dataProducerId };
    const first = bob.request("consumeData", params).dataConsumerId;
    const second = bob.request("consumeData", params).dataConsumerId;
    bob.takeEvents();
    const { code } = ann.refused("closeDataConsumer", {
      dataConsumerId: first,
    });
    assert.equal(code, errors.consumerNotFound.code);
    bob.request("closeDataConsumer", { dataConsumerId: first });
    assert.equal(world.sfu.open.has(first), false);
    assert.deepEqual(bob.takeEvents(), []);
    world.collapse(second);
    assert.equal(bob.next("dataConsumerClosed").dataConsumerId, second);
  });
});
