import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "@std/testing/bdd";
import { until } from "../../support/until.ts";
import { Browser } from "./_browser.ts";
import { Core } from "./_core.ts";
import { TestOwner } from "./_owner.ts";
import { fill, TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";
import { workerBin } from "./_worker.ts";

/** A room of which a worker carries two consumers, and its share of workers. */
async function crowded(workers = 2) {
  const core = await Core.start({ workers, consumersPerWorker: 2 });
  const room = await TestRoom.make(core, new TestOwner());
  return {
    core,
    room,
    [Symbol.asyncDispose]: () => core[Symbol.asyncDispose](),
  };
}

const routers = (core: Core): number[] =>
  core.pool.status.map((worker) => worker.routers);

describe("a room that is too large for one worker", () => {
  it("SF5: is spread over another one, and stays one router for its owner", async () => {
    await using there = await crowded();
    const { core, room } = there;
    const { alice, audio, video } = await fill(room);
    assert.deepEqual(routers(core).toSorted(), [0, 1]);
    const { transportId: carol } = await room.transport();
    assert.deepEqual(routers(core), [1, 1]);
    const seen = await room.consume(carol, video);
    const heard = await room.consume(carol, audio);
    const dump = await room.dump();
    const open = dump.transports.find((one) => one.transportId === carol);
    assert.deepEqual(
      open?.consumerIds.toSorted(),
      [seen.consumerId, heard.consumerId].sort(),
    );
    assert.equal(dump.transports.length, 3, "pipes are none of the owner's");

    await core.call(room.owner, "closeTransport", {
      routerId: room.routerId,
      transportId: alice,
    });
    await room.owner.heard("consumerClosed", {
      consumerId: seen.consumerId,
      cause: "producerClosed",
    });
  });

  it("SF5: has media, data, levels and who speaks flow between its workers", async () => {
    await using there = await crowded();
    const { core, room } = there;
    await using browser = await Browser.start(await workerBin());
    const first = await fill(room);
    const { routerId, owner } = room;
    const info = await room.transport({ sctp: true });
    const { transportId } = info;
    const carol = await browser.open(
      info,
      (dtlsParameters) =>
        core.call(owner, "connectWebRtcTransport", {
          routerId,
          transportId,
          dtlsParameters,
        }),
    );
    assert.deepEqual(routers(core), [1, 1]);
    const { producerId } = await room.produce({
      transportId,
      kind: "audio",
      rtpParameters: await browser.speak(carol.own, -20),
      paused: false,
    });
    await owner.heard("activeSpeaker", { producerId });
    await owner.heard("audioLevels", { levels: [{ producerId, volume: -20 }] });

    const { consumerId } = await room.consume(first.bob, producerId);
    const piped = await room.consume(transportId, first.audio);
    assert.equal(piped.kind, "audio");
    await room.consumeData(transportId, first.dataProducerId);
    await until("it comes over the pipe", async () => {
      const { stats } = await core.call(owner, "getConsumerStats", {
        routerId,
        consumerId,
      });
      const inbound = stats.find(({ type }) => type === "inbound-rtp");
      return Number(inbound?.packetCount ?? 0) > 5;
    });
    await core.call(owner, "pauseProducer", { routerId, producerId });
    await owner.heard("audioLevels", { levels: [] });
  });

  it("SF5: goes on where there is no other worker", async () => {
    await using there = await crowded(1);
    const { core, room } = there;
    const { video } = await fill(room);
    const { transportId } = await room.transport();
    await room.consume(transportId, video);
    assert.deepEqual(routers(core), [1]);
  });

  it("SF6: says that it is full when each worker has as much as it may, and takes more all the same", async () => {
    await using there = await crowded();
    const { room } = there;
    const { video, audio } = await fill(room);
    const full = () => room.transport({ expected: 3 });
    const { transportId: carol } = await full();
    await room.consume(carol, video);
    await room.consume(carol, audio);
    await rejectsWith("RESOURCE_EXHAUSTED", /no worker has room/, full());
    const { transportId: dave } = await room.transport();
    await room.consume(dave, video);
  });

  it("SF6: is full of those who have just come, by what they will receive from elsewhere", async () => {
    await using there = await crowded(1);
    const { room } = there;
    await room.transport({ expected: 2 });
    await rejectsWith(
      "RESOURCE_EXHAUSTED",
      /no worker has room/,
      room.transport({ expected: 2 }),
    );
    await room.transport({ expected: 1 });
  });

  it("SF5: is made another part once, however many come at a time", async () => {
    await using there = await crowded(3);
    const { core, room } = there;
    await fill(room);
    await Promise.all(Array.from({ length: 4 }, () => room.transport()));
    assert.deepEqual(routers(core).toSorted(), [0, 1, 1]);
  });

  it("SF5: tells of a producer that is closed while it is piped", async () => {
    await using there = await crowded();
    const { core, room } = there;
    const { video } = await fill(room);
    const { transportId } = await room.transport();
    const consuming = room.consume(transportId, video);
    const { routerId, owner } = room;
    await core.call(owner, "closeProducer", { routerId, producerId: video });
    await assert.rejects(consuming, /closed|not found/i);
  });

  for (const which of [0, 1]) {
    it(`SF5, MD9: is lost with any of its workers, as a whole and once: ${which}`, async () => {
      await using there = await crowded();
      const { core, room } = there;
      const { bob, audio } = await fill(room);
      const { transportId: carol } = await room.transport();
      await room.consume(carol, audio);
      await room.consume(bob, await room.produceAudio(carol, 4_000));
      const worker = [...core.workers][which];
      assert.ok(worker);
      process.kill(worker.pid, "SIGKILL");
      const { routerId, owner } = room;
      await owner.heard("routerClosed", { routerId, cause: "workerDied" });
      assert.deepEqual(owner.closes(), ["routerClosed workerDied"]);
      assert.equal(core.routers.size, 0);
      await until(
        "no part is left",
        () => routers(core).every((count) => count === 0),
      );
    });
  }

  it("SF5: leaves nothing behind when it is closed", async () => {
    await using there = await crowded();
    const { core } = there;
    const before = await core.holdings();
    const room = await TestRoom.make(core, new TestOwner());
    const { video, audio } = await fill(room);
    const { transportId } = await room.transport();
    await room.consume(transportId, video);
    await room.consume(transportId, audio);
    const { routerId, owner } = room;
    await core.call(owner, "closeRouter", { routerId });
    assert.deepEqual(await core.holdings(), before);
  });
});
