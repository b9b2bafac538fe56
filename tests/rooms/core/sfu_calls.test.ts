import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type ErrorName, errors } from "../../../protocol/mod.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import { channel, dtlsParameters, track } from "./media.ts";
import { stage } from "./stage.ts";

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
      [
        ann.send("connectWebRtcTransport", {
          transportId: send,
          dtlsParameters,
        }),
        ann,
        "transportNotFound",
      ],
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

describe("while the SFU is down", () => {
  it("what needs it is refused with a time to try again, and the rest works", () => {
    const { world, ann, bob, send, recv, producerId, consumerId } = stage();
    world.sfuDown();
    const refused = [
      ann.refused("createWebRtcTransport", { direction: "send" }),
      ann.refused("connectWebRtcTransport", {
        transportId: send,
        dtlsParameters,
      }),
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
