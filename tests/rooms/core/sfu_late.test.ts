import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { channel, rtpCapabilities, track } from "./media.ts";
import { stage } from "./stage.ts";

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
