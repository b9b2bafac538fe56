import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { stage } from "./stage.ts";

describe("what the SFU tells", () => {
  const routerId = "router-1";

  it("of a transport, a producer or a consumer is hinted to its owner alone", () => {
    const { world, ann, bob, send, producerId, consumerId } = stage();
    const scores = [{ encodingIdx: 0, ssrc: 1, score: 10 }];
    const score = { score: 1, producerScore: 2, producerScores: [2] };
    const state = { transportId: send, ice: "completed", dtls: "connected" };
    world.sfuEvent({
      event: "transportState",
      params: {
        routerId,
        transportId: send,
        ice: "completed",
        dtls: "connected",
      },
    });
    world.sfuEvent({
      event: "producerScore",
      params: { routerId, producerId, scores },
    });
    world.sfuEvent({
      event: "consumerScore",
      params: { routerId, consumerId, score },
    });
    world.sfuEvent({
      event: "consumerLayers",
      params: { routerId, consumerId, layers: null },
    });
    assert.deepEqual(ann.nextHint("transportState"), state);
    assert.deepEqual(ann.nextHint("producerScore"), { producerId, scores });
    assert.deepEqual(bob.nextHint("consumerScore"), { consumerId, score });
    assert.deepEqual(bob.nextHint("consumerLayers"), {
      consumerId,
      layers: null,
    });
    assert.deepEqual([...ann.hints, ...bob.hints], []);
  });

  it("of who is heard is hinted to all, by session, each once", () => {
    const { world, ann, bob, producerId } = stage();
    const second = world.publish(ann, { key: "second" }).producerId;
    const { producerId: bobs } = world.publish(bob);
    const levels = [
      { producerId: "unknown", volume: -1 },
      { producerId, volume: -10 },
      { producerId: bobs, volume: -20 },
      { producerId: second, volume: -30 },
    ];
    world.sfuEvent({ event: "audioLevels", params: { routerId, levels } });
    world.sfuEvent({ event: "audioLevels", params: { routerId, levels: [] } });
    const params = { routerId, producerId: bobs };
    world.sfuEvent({ event: "activeSpeaker", params });
    for (const client of [ann, bob]) {
      assert.deepEqual(client.nextHint("audioLevels").levels, [
        { sessionId: ann.sessionId, volume: -10 },
        { sessionId: bob.sessionId, volume: -20 },
      ]);
      assert.deepEqual(client.nextHint("audioLevels").levels, []);
      const { sessionId } = client.nextHint("activeSpeaker");
      assert.equal(sessionId, bob.sessionId);
    }
  });

  it("of things that nobody has any more is ignored", () => {
    const { world, ann, bob } = stage();
    const gone = "gone";
    const cause = "transportClosed";
    const level = { producerId: gone, volume: -10 };
    const before = world.log.length;
    world.sfuEvent({
      event: "transportState",
      params: { routerId, transportId: gone, ice: "closed", dtls: "closed" },
    });
    world.sfuEvent({
      event: "producerScore",
      params: { routerId, producerId: gone, scores: [] },
    });
    world.sfuEvent({
      event: "consumerLayers",
      params: { routerId, consumerId: gone, layers: null },
    });
    world.sfuEvent({
      event: "producerClosed",
      params: { routerId, producerId: gone, cause },
    });
    world.sfuEvent({
      event: "dataProducerClosed",
      params: { routerId, dataProducerId: gone, cause },
    });
    world.sfuEvent({
      event: "consumerClosed",
      params: { routerId, consumerId: gone, cause },
    });
    world.sfuEvent({
      event: "dataConsumerClosed",
      params: { routerId, dataConsumerId: gone, cause },
    });
    world.sfuEvent({
      event: "audioLevels",
      params: { routerId, levels: [level] },
    });
    world.sfuEvent({
      event: "activeSpeaker",
      params: { routerId, producerId: gone },
    });
    assert.deepEqual(world.log.slice(before).flatMap((s) => s.effects), []);
    assert.deepEqual([...ann.hints, ...bob.hints], []);
  });
});
