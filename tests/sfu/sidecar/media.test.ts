import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { until } from "../../support/until.ts";
import { Browser } from "./_browser.ts";
import { Core } from "./_core.ts";
import { TestOwner } from "./_owner.ts";
import { TestRoom } from "./_room.ts";
import { workerBin } from "./_worker.ts";

async function meet() {
  const core = await Core.start();
  const room = await TestRoom.make(core, new TestOwner());
  const browser = await Browser.start(await workerBin());
  const open = async () => {
    const info = await room.transport({ sctp: true });
    const { routerId } = room;
    const { transportId } = info;
    const opened = await browser.open(
      info,
      (dtlsParameters) =>
        core.call(room.owner, "connectWebRtcTransport", {
          routerId,
          transportId,
          dtlsParameters,
        }),
    );
    await room.owner.heard("transportState", {
      transportId,
      ice: "completed",
      dtls: "connected",
    });
    return { ...opened, transportId };
  };
  return {
    core,
    room,
    browser,
    alice: await open(),
    bob: await open(),
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]();
      await core[Symbol.asyncDispose]();
    },
  };
}

type Call = Awaited<ReturnType<typeof meet>>;

/** Alice does; returns the producer. */
async function speak({ room, browser, alice }: Call): Promise<string> {
  const { producerId } = await room.produce({
    transportId: alice.transportId,
    kind: "audio",
    rtpParameters: await browser.speak(alice.own, -20),
    paused: false,
  });
  return producerId;
}

/** Bob hears Alice. */
async function hear(call: Call) {
  const { room, browser, bob } = call;
  const producerId = await speak(call);
  const consumed = await room.consume(bob.transportId, producerId);
  const heard = await browser.listen(bob.own, consumed);
  await until("Bob hears Alice", () => heard.packets > 5);
  return { producerId, consumerId: consumed.consumerId };
}

/** Packets that the sidecar has of a producer. */
async function arrived(room: TestRoom, producerId: string): Promise<number> {
  const { core, owner, routerId } = room;
  const { stats } = await core.call(owner, "getProducerStats", {
    routerId,
    producerId,
  });
  return Number(stats[0]?.packetCount ?? 0);
}

describe("media", () => {
  it("reaches the other side, and the owner hears scores, levels and who speaks", async () => {
    await using call = await meet();
    const { core, room } = call;
    const { owner } = room;
    const { producerId, consumerId } = await hear(call);
    await owner.heard("producerScore", { producerId });
    await owner.heard("consumerScore", {
      consumerId,
      score: { score: 10, producerScore: 10, producerScores: [10] },
    });
    await owner.heard("activeSpeaker", { producerId });
    await owner.heard("audioLevels", { levels: [{ producerId, volume: -20 }] });

    await core.call(owner, "pauseProducer", {
      routerId: room.routerId,
      producerId,
    });
    await owner.heard("audioLevels", { levels: [] });
    const paused = async () =>
      (await room.dump()).transports.flatMap(({ pausedIds }) => pausedIds);
    assert.deepEqual(await paused(), [producerId]);
    await core.call(owner, "resumeProducer", {
      routerId: room.routerId,
      producerId,
    });
    assert.deepEqual(await paused(), []);
  });

  it("stops at a paused consumer, and goes on when it is resumed", async () => {
    await using call = await meet();
    const { core, room } = call;
    const { producerId, consumerId } = await hear(call);
    const consumer = { routerId: room.routerId, consumerId };
    await core.call(room.owner, "pauseConsumer", consumer);
    const sent = async () => {
      const { stats } = await core.call(
        room.owner,
        "getConsumerStats",
        consumer,
      );
      return stats.find(({ type }) => type === "outbound-rtp")?.packetCount;
    };
    const before = await sent();
    const spoken = await arrived(room, producerId);
    await until(
      "Alice speaks on",
      async () => await arrived(room, producerId) > spoken + 5,
    );
    assert.equal(await sent(), before);

    await core.call(room.owner, "resumeConsumer", consumer);
    await until(
      "Bob hears Alice again",
      async () => Number(await sent()) > Number(before),
    );
  });

  it("flows on under the new credentials of an ICE restart", async () => {
    await using call = await meet();
    const { core, room, alice } = call;
    const { routerId, owner } = room;
    const producerId = await speak(call);
    const { iceParameters } = await core.call(owner, "restartIce", {
      routerId,
      transportId: alice.transportId,
    });
    await alice.restartIce(iceParameters);
    const before = await arrived(room, producerId);
    await until(
      "Alice is heard after the restart",
      async () => await arrived(room, producerId) > before + 5,
    );
    const { transports } = await room.dump();
    assert.equal(transports[0]?.dtls, "connected");
  });

  it("carries data channels, and the owner hears of SCTP", async () => {
    await using call = await meet();
    const { core, room, browser, alice, bob } = call;
    const { routerId, owner } = room;
    const channel = await browser.openData(alice.own);
    const { dataProducerId } = await core.call(owner, "produceData", {
      routerId,
      transportId: alice.transportId,
      sctpStreamParameters: channel.sctpStreamParameters,
      label: "chat",
      protocol: "text",
    });
    const consumed = await room.consumeData(bob.transportId, dataProducerId);
    assert.equal(consumed.label, "chat");
    assert.equal(consumed.protocol, "text");
    const taken = await browser.takeData(
      bob.own,
      consumed.sctpStreamParameters,
    );
    for (const { transportId } of [alice, bob]) {
      await owner.heard("transportState", { transportId, sctp: "connected" });
    }
    channel.send("hello");
    await until("Bob has the message", () => taken.length > 0);
    assert.deepEqual(taken, ["hello"]);
  });
});
