import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Core } from "./_core.ts";
import { TestOwner } from "./_owner.ts";
import { fill, TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";

/** A router in which Alice sends everything, and Bob receives it. */
async function call(core: Core) {
  const room = await TestRoom.make(core, new TestOwner());
  return { room, ...await fill(room) };
}

describe("a close", () => {
  it("by a call is not told again, but what it brings down is", async () => {
    await using core = await Core.start();
    const { room, audio, audioConsumer, dataProducerId, dataConsumerId } =
      await call(core);
    const { owner, routerId } = room;
    await core.call(owner, "closeProducer", { routerId, producerId: audio });
    await owner.heard("consumerClosed", {
      consumerId: audioConsumer,
      cause: "producerClosed",
    });
    await core.call(owner, "closeDataProducer", {
      routerId,
      dataProducerId,
    });
    await owner.heard("dataConsumerClosed", {
      dataConsumerId,
      cause: "producerClosed",
    });
    assert.deepEqual(owner.closes(), [
      "consumerClosed producerClosed",
      "dataConsumerClosed producerClosed",
    ]);
    const { transports } = await room.dump();
    assert.equal(transports[0]?.producerIds.length, 1);
    assert.equal(transports[1]?.consumerIds.length, 1);
  });

  it("of a sending transport tells first what was sent, then what was received", async () => {
    await using core = await Core.start();
    const { room, alice, ...made } = await call(core);
    const { owner, routerId } = room;
    await core.call(owner, "closeTransport", { routerId, transportId: alice });
    for (const consumerId of [made.audioConsumer, made.videoConsumer]) {
      await owner.heard("consumerClosed", { consumerId });
    }
    const { dataConsumerId } = made;
    await owner.heard("dataConsumerClosed", { dataConsumerId });
    assert.deepEqual(owner.closes().slice(0, 3), [
      "producerClosed transportClosed",
      "producerClosed transportClosed",
      "dataProducerClosed transportClosed",
    ]);
    assert.deepEqual(owner.closes().slice(3).toSorted(), [
      "consumerClosed producerClosed",
      "consumerClosed producerClosed",
      "dataConsumerClosed producerClosed",
    ]);
  });

  it("of a receiving transport takes its consumers along, and nothing else", async () => {
    await using core = await Core.start();
    const { room, alice, bob } = await call(core);
    const { owner, routerId } = room;
    await core.call(owner, "closeTransport", { routerId, transportId: bob });
    assert.deepEqual(owner.closes(), [
      "consumerClosed transportClosed",
      "consumerClosed transportClosed",
      "dataConsumerClosed transportClosed",
    ]);
    const { transports } = await room.dump();
    assert.deepEqual(transports.map((one) => one.transportId), [alice]);
  });

  it("of a router goes without a word, and leaves nothing in the worker", async () => {
    await using core = await Core.start();
    const before = await core.holdings();
    const { room } = await call(core);
    const { owner, routerId } = room;
    await core.call(owner, "closeRouter", { routerId });
    assert.deepEqual(await core.holdings(), before);
    assert.deepEqual(owner.closes(), []);
    const [worker] = core.pool.status;
    assert.deepEqual(
      [worker?.routers, worker?.transports, worker?.consumers],
      [0, 0, 0],
    );
    await rejectsWith("NOT_FOUND", /no router/, room.dump());
  });

  it("of all that was made, one by one, leaves the router as it was", async () => {
    await using core = await Core.start();
    const room = await TestRoom.make(core, new TestOwner());
    const { owner, routerId } = room;
    const empty = await room.dump();
    const held = await core.holdings();
    const made = await fill(room);
    const close = core.call.bind(core, owner);
    for (const consumerId of [made.audioConsumer, made.videoConsumer]) {
      await close("closeConsumer", { routerId, consumerId });
    }
    const { dataConsumerId, dataProducerId } = made;
    await close("closeDataConsumer", { routerId, dataConsumerId });
    await close("closeDataProducer", { routerId, dataProducerId });
    for (const producerId of [made.audio, made.video]) {
      await close("closeProducer", { routerId, producerId });
    }
    for (const transportId of [made.alice, made.bob]) {
      await close("closeTransport", { routerId, transportId });
    }
    assert.deepEqual(await room.dump(), empty);
    assert.deepEqual(await core.holdings(), held);
    assert.deepEqual(owner.closes(), []);
  });
});
