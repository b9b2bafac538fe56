import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type ErrorName, errors } from "../../../protocol/mod.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import { channel, rtpCapabilities, track } from "./media.ts";
import { World } from "./world.ts";

/** Two with media: ann publishes, bob has what he needs to consume it. */
function stage() {
  const world = new World();
  const ann = world.join("ann");
  const bob = world.join("bob");
  const { producerId, transportId: send } = world.publish(ann);
  const dataProducerId = world.publishData(ann);
  const { consumerId, transportId: recv } = world.subscribe(bob, producerId);
  ann.takeEvents();
  bob.takeEvents();
  return {
    world,
    ann,
    bob,
    send,
    recv,
    producerId,
    dataProducerId,
    consumerId,
  };
}

describe("a failed call", () => {
  const cases: [RpcStatus, ErrorName, ErrorName][] = [
    ["UNAVAILABLE", "mediaServerUnavailable", "mediaServerUnavailable"],
    ["DEADLINE_EXCEEDED", "mediaServerUnavailable", "mediaServerUnavailable"],
    ["RESOURCE_EXHAUSTED", "mediaServerUnavailable", "mediaServerUnavailable"],
    ["NOT_FOUND", "transportNotFound", "producerNotFound"],
    ["INVALID_ARGUMENT", "trackInvalid", "invalidParams"],
    ["FAILED_PRECONDITION", "trackInvalid", "cannotConsume"],
    ["INTERNAL", "internalError", "internalError"],
    ["ABORTED", "internalError", "internalError"],
  ];
  for (const [status, ofProduce, ofConsume] of cases) {
    it(`${status} becomes ${ofProduce} of produce, ${ofConsume} of consume`, () => {
      const { world, ann, bob, send, recv, producerId } = stage();
      world.answering = false;
      const produce = ann.send("produce", track(send, { key: "camera" }));
      const consume = bob.send("consume", { transportId: recv, producerId });
      world.answerCall(status);
      world.answerCall(status);
      assert.equal(ann.error(produce).code, errors[ofProduce].code);
      const error = bob.error(consume);
      assert.equal(error.code, errors[ofConsume].code);
      assert.equal(
        error.data.retryAfterMs !== undefined,
        ofConsume === "mediaServerUnavailable",
      );
      assert.deepEqual(bob.takeEvents(), []);
    });
  }

  it("that misses something says what", () => {
    const { world, ann, bob, send, recv, ...ids } = stage();
    const { producerId, consumerId, dataProducerId } = ids;
    world.answering = false;
    const requests: [number, typeof ann, ErrorName][] = [
      [ann.send("restartIce", { transportId: send }), ann, "transportNotFound"],
      [ann.send("pauseProducer", { producerId }), ann, "producerNotFound"],
      [bob.send("resumeConsumer", { consumerId }), bob, "consumerNotFound"],
      [
        ann.send("produceData", channel(send, { key: "files" })),
        ann,
        "transportNotFound",
      ],
      [
        bob.send("consumeData", { transportId: recv, dataProducerId }),
        bob,
        "producerNotFound",
      ],
      [
        ann.send("createWebRtcTransport", { direction: "send" }),
        ann,
        "internalError",
      ],
    ];
    for (const [id, client, error] of requests) {
      world.answerCall("NOT_FOUND");
      assert.equal(client.error(id).code, errors[error].code);
    }
  });
});

describe("a reply that comes too late", () => {
  it("closes in the SFU what it made for a session that has ended", () => {
    const { world, ann, bob, send, recv, producerId, dataProducerId } = stage();
    world.answering = false;
    const here = { transportId: recv };
    bob.send("createWebRtcTransport", { direction: "recv", rtpCapabilities });
    bob.send("consume", { ...here, producerId });
    bob.send("consumeData", { ...here, dataProducerId });
    bob.send("resumeConsumer", { consumerId: "consumer-8" });
    ann.send("produce", track(send, { key: "camera" }));
    ann.send("produceData", channel(send, { key: "files" }));
    bob.close();
    ann.close();
    world.answerCalls();
    assert.deepEqual(world.sfu.inventory, []);
  });

  it("closes what it made on a transport that was closed meanwhile", () => {
    const { world, ann, bob, send, recv, producerId, dataProducerId } = stage();
    world.answering = false;
    const requests = [
      [bob, bob.send("consume", { transportId: recv, producerId })],
      [bob, bob.send("consumeData", { transportId: recv, dataProducerId })],
      [ann, ann.send("produce", track(send, { key: "camera" }))],
      [ann, ann.send("produceData", channel(send, { key: "files" }))],
    ] as const;
    bob.request("closeTransport", { transportId: recv });
    ann.request("closeTransport", { transportId: send });
    world.answerCalls();
    for (const [client, id] of requests) {
      assert.equal(client.error(id).code, errors.transportNotFound.code);
    }
    assert.equal(world.room.dump().owners.size, world.sfu.open.size);
  });

  it("closes a consumer whose producer was closed meanwhile", () => {
    const { world, ann, bob, recv, producerId, dataProducerId } = stage();
    world.answering = false;
    const requests = [
      bob.send("consume", { transportId: recv, producerId }),
      bob.send("consumeData", { transportId: recv, dataProducerId }),
    ];
    ann.request("closeProducer", { producerId });
    ann.request("closeDataProducer", { dataProducerId });
    world.answerCalls();
    for (const id of requests) {
      assert.equal(bob.error(id).code, errors.producerNotFound.code);
    }
    assert.equal(world.room.dump().owners.size, world.sfu.open.size);
  });

  it("does not mute a producer that was closed meanwhile", () => {
    const { world, ann, bob, producerId } = stage();
    world.answering = false;
    const id = ann.send("pauseProducer", { producerId });
    ann.request("closeProducer", { producerId });
    world.answerCalls();
    assert.equal(ann.error(id).code, errors.producerNotFound.code);
    assert.deepEqual(bob.takeEvents(), ["consumerClosed", "producerRemoved"]);
  });

  it("or to no call at all is ignored", () => {
    const { world } = stage();
    const reply = { ok: true, result: {} } as const;
    world.input({ type: "sfuReplied", call: 1, reply });
    world.input({ type: "sfuReplied", call: 999, reply });
  });
});

describe("while the SFU is down", () => {
  it("what needs it is refused with a time to try again, and the rest works", () => {
    const { world, ann, bob, send, recv, producerId, consumerId } = stage();
    world.sfuDown();
    const refused = [
      ann.refused("createWebRtcTransport", { direction: "send" }),
      ann.refused("restartIce", { transportId: send }),
      ann.refused("produce", track(send, { key: "camera" })),
      ann.refused("pauseProducer", { producerId }),
      bob.refused("consume", { transportId: recv, producerId }),
      bob.refused("resumeConsumer", { consumerId }),
    ];
    for (const { code, data } of refused) {
      assert.equal(code, errors.mediaServerUnavailable.code);
      assert.equal(data.retryAfterMs, 1_000);
    }
    ann.request("sendMessage", { topic: "t", body: "still here" });
    bob.next("message");
    world.sfuUp();
    bob.request("resumeConsumer", { consumerId });
  });

  it("things can be closed; the SFU hears of it when it is up", () => {
    const { world, ann, bob, producerId, consumerId } = stage();
    const before = world.sfu.open.size;
    world.sfuDown();
    bob.request("closeConsumer", { consumerId });
    ann.request("closeProducer", { producerId });
    assert.deepEqual(bob.takeEvents(), ["producerRemoved"]);
    bob.close();
    assert.equal(world.sfu.open.size, before);
    world.sfuUp();
    assert.equal(world.sfu.open.size, before - 3);
    assert.equal(world.room.dump().owners.size, world.sfu.open.size);
  });
});

describe("a close that the SFU did not hear of", () => {
  it("is tried again, more slowly each time, until it is heard", () => {
    const { world, ann, producerId } = stage();
    world.answering = false;
    ann.request("closeProducer", { producerId });
    let waited = 0;
    for (const atMost of [2_000, 4_000, 8_000]) {
      world.answerCall("DEADLINE_EXCEEDED");
      const start = world.now;
      while (world.calls.length === 0) world.advance(100);
      const wait = world.now - start;
      assert.ok(wait > waited && wait <= atMost + 100, `waited ${wait} ms`);
      waited = wait / 2;
    }
    world.answerCalls();
    assert.equal(world.sfu.open.has(producerId), false);
    world.advance(60_000);
    assert.equal(world.calls.length, 0);
  });

  it("is not tried again when the SFU knows of nothing to close", () => {
    const { world, ann, producerId } = stage();
    world.answering = false;
    ann.request("closeProducer", { producerId });
    world.answerCall("NOT_FOUND");
    world.advance(60_000);
    assert.equal(world.calls.length, 0);
  });
});

describe("requests under way", () => {
  it("are bounded for each participant", () => {
    const { world, ann, bob, send, consumerId } = stage();
    world.answering = false;
    const params = { transportId: send };
    const ids = Array.from(
      { length: 256 },
      () => ann.send("restartIce", params),
    );
    const error = ann.refused("restartIce", params);
    assert.equal(error.code, errors.busy.code);
    const other = bob.send("resumeConsumer", { consumerId });
    world.answerCalls();
    bob.result(other);
    for (const id of ids) ann.result(id);
    const last = ann.send("restartIce", params);
    world.answerCalls();
    ann.result(last);
  });
});

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
