import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Core } from "./_core.ts";
import { opus } from "./_media.ts";
import { TestOwner } from "./_owner.ts";
import { fill, TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";

describe("a call that nobody waits for any more", () => {
  it("leaves nothing behind, whatever it was making", async () => {
    await using core = await Core.start();
    const room = await TestRoom.make(core, new TestOwner());
    const { owner, routerId, rtpCapabilities } = room;
    const { alice, bob, audio, dataProducerId } = await fill(room);
    const held = await core.holdings();
    const dump = await room.dump();
    const closes = owner.closes();

    const waiting = new AbortController();
    const options = { signal: waiting.signal };
    const toAlice = { routerId, transportId: alice };
    const toBob = { routerId, transportId: bob };
    const calls = [
      core.call(owner, "createRouter", { label: "" }, options),
      core.call(owner, "createWebRtcTransport", { routerId }, options),
      core.call(owner, "produce", {
        ...toBob,
        kind: "audio",
        rtpParameters: opus(99),
        paused: false,
      }, options),
      core.call(owner, "consume", {
        ...toAlice,
        producerId: audio,
        rtpCapabilities,
        paused: true,
      }, options),
      core.call(owner, "produceData", {
        ...toBob,
        sctpStreamParameters: { streamId: 9 },
        label: "",
        protocol: "",
      }, options),
      core.call(owner, "consumeData", { ...toAlice, dataProducerId }, options),
    ];
    waiting.abort();
    await Promise.all(
      calls.map((one) => rejectsWith("CANCELLED", /no longer waits/, one)),
    );
    assert.deepEqual(await core.holdings(), held);
    assert.deepEqual(await room.dump(), dump);
    assert.deepEqual(owner.closes(), closes);
  });
});

describe("a parent that closes while a child is made", () => {
  it("makes the call fail, and leaves nothing behind", async () => {
    await using core = await Core.start();
    const before = await core.holdings();
    const room = await TestRoom.make(core, new TestOwner());
    const { owner, routerId } = room;
    const { alice, bob, audio } = await fill(room);
    const dataProducerId = await room.produceData(alice, 7);
    const inTransports = [
      room.consume(alice, audio),
      room.produceAudio(bob, 55),
      room.consumeData(bob, dataProducerId),
    ];
    for (const transportId of [bob, alice]) {
      await core.call(owner, "closeTransport", { routerId, transportId });
    }
    await Promise.all(
      inTransports.map((one) => rejectsWith("NOT_FOUND", /meantime/, one)),
    );
    const inRouter = room.transport();
    await core.call(owner, "closeRouter", { routerId });
    await rejectsWith("NOT_FOUND", /meantime/, inRouter);
    assert.deepEqual(await core.holdings(), before);
  });
});

describe("many rooms", () => {
  it("come and go, and leave nothing behind", async () => {
    await using core = await Core.start();
    const before = await core.holdings();
    for (let round = 0; round < 5; round++) {
      const rooms = await Promise.all(
        Array.from({ length: 10 }, () => TestRoom.make(core, new TestOwner())),
      );
      await Promise.all(rooms.map((room) => fill(room)));
      for (const { owner, routerId } of rooms) {
        await core.call(owner, "closeRouter", { routerId });
      }
    }
    assert.deepEqual(await core.holdings(), before);
    assert.equal(core.routers.size, 0);
  });
});
