import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { Core } from "./_core.ts";
import { opus, vp8Simulcast } from "./_media.ts";
import { TestOwner } from "./_owner.ts";
import { TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";

describe("what mediasoup does not take", () => {
  let core: Core;
  let room: TestRoom;
  let transportId: string;

  beforeAll(async () => {
    core = await Core.start();
    room = await TestRoom.make(core, new TestOwner());
    ({ transportId } = await room.transport());
  });
  afterAll(() => core[Symbol.asyncDispose]());

  const audio = (parameters: Partial<ReturnType<typeof opus>>) =>
    room.produce({
      transportId,
      kind: "audio",
      paused: false,
      rtpParameters: { ...opus(), ...parameters },
    });
  const codec = { mimeType: "audio/opus", payloadType: 111, clockRate: 48000 };

  it("is INVALID_ARGUMENT when it is malformed", async () => {
    await rejectsWith(
      "INVALID_ARGUMENT",
      /invalid codec parameter/,
      audio({ codecs: [{ ...codec, parameters: { a: null } }] }),
    );
    await rejectsWith(
      "INVALID_ARGUMENT",
      /missing ssrc or rid/,
      room.produce({
        transportId,
        kind: "audio",
        paused: false,
        rtpParameters: { codecs: opus().codecs, encodings: [{}] },
      }),
    );
    await rejectsWith(
      "INVALID_ARGUMENT",
      /bitrate must be/,
      core.call(room.owner, "setMaxOutgoingBitrate", {
        routerId: room.routerId,
        transportId,
        bitrate: 1,
      }),
    );
  });

  it("is INVALID_ARGUMENT when codecs are of the other kind", async () => {
    await rejectsWith(
      "INVALID_ARGUMENT",
      /audio\/opus does not go with video/,
      room.produce({
        transportId,
        kind: "video",
        paused: false,
        rtpParameters: opus(),
      }),
    );
  });

  it("is answered without the words of the runtime", async () => {
    const rtx = {
      mimeType: "video/rtx",
      payloadType: 97,
      clockRate: 90000,
      parameters: { apt: 97 },
    };
    await rejectsWith(
      "INVALID_ARGUMENT",
      /^mediasoup cannot read this$/,
      room.produce({
        transportId,
        kind: "video",
        paused: false,
        rtpParameters: { ...vp8Simulcast(), codecs: [rtx] },
      }),
    );
  });

  it("is FAILED_PRECONDITION when it does not fit what is there", async () => {
    await rejectsWith(
      "FAILED_PRECONDITION",
      /unsupported codec/,
      audio({ codecs: [{ ...codec, mimeType: "audio/unheard-of" }] }),
    );
    await room.produceAudio(transportId, 7);
    await rejectsWith(
      "FAILED_PRECONDITION",
      /already exists/,
      room.produceAudio(transportId, 7),
    );
    await rejectsWith(
      "FAILED_PRECONDITION",
      /without data channels/,
      room.produceData(transportId),
    );
  });

  it("is FAILED_PRECONDITION when no codec is shared", async () => {
    const producerId = await room.produceAudio(transportId, 8);
    await rejectsWith(
      "FAILED_PRECONDITION",
      /no compatible media codecs/,
      core.call(room.owner, "consume", {
        routerId: room.routerId,
        transportId,
        producerId,
        rtpCapabilities: { codecs: [] },
        paused: false,
      }),
    );
  });

  it("is FAILED_PRECONDITION when it is connected to two", async () => {
    const connect = (value: string) =>
      core.call(room.owner, "connectWebRtcTransport", {
        routerId: room.routerId,
        transportId,
        dtlsParameters: {
          role: "client",
          fingerprints: [{ algorithm: "sha-256", value }],
        },
      });
    await connect("00:11");
    await rejectsWith(
      "FAILED_PRECONDITION",
      /already called/,
      connect("00:12"),
    );
  });

  it("does no harm to others: a bitrate with a fraction is rounded up", async () => {
    await audio({ encodings: [{ ssrc: 9, maxBitrate: 0.5 }], mid: "fraction" });
    const { transportId: next } = await room.transport();
    assert.ok(next, "the worker still takes requests");
  });
});

describe("an unknown id", () => {
  it("is NOT_FOUND, and named", async () => {
    await using core = await Core.start();
    const room = await TestRoom.make(core, new TestOwner());
    const { owner, routerId, rtpCapabilities } = room;
    const { transportId } = await room.transport({ sctp: true });
    const there = { routerId, transportId };
    const unknown = { routerId, transportId: "nowhere" };
    const call = core.call.bind(core, owner);
    const calls = [
      call("dumpRouter", { routerId: "nowhere" }),
      call("claimRouter", { routerId: "nowhere" }),
      call("createWebRtcTransport", { routerId: "nowhere" }),
      call("restartIce", unknown),
      call("getTransportStats", unknown),
      call("setMaxIncomingBitrate", { ...unknown, bitrate: 0 }),
      call("pauseProducer", { routerId, producerId: "nowhere" }),
      call("resumeConsumer", { routerId, consumerId: "nowhere" }),
      call("requestConsumerKeyFrame", { routerId, consumerId: "nowhere" }),
      call("consumeData", { ...there, dataProducerId: "nowhere" }),
      call("consume", {
        ...there,
        producerId: "nowhere",
        rtpCapabilities,
        paused: true,
      }),
    ];
    for (const one of calls) await rejectsWith("NOT_FOUND", /nowhere/, one);
  });

  it("is no error for what closes it", async () => {
    await using core = await Core.start();
    const { owner, routerId } = await TestRoom.make(core, new TestOwner());
    for (const id of [routerId, "nowhere"]) {
      const router = { routerId: id };
      const call = core.call.bind(core, owner);
      assert.deepEqual(
        await Promise.all([
          call("closeTransport", { ...router, transportId: "nowhere" }),
          call("closeProducer", { ...router, producerId: "nowhere" }),
          call("closeConsumer", { ...router, consumerId: "nowhere" }),
          call("closeDataProducer", { ...router, dataProducerId: "nowhere" }),
          call("closeDataConsumer", { ...router, dataConsumerId: "nowhere" }),
        ]),
        [{}, {}, {}, {}, {}],
      );
    }
    const closeRouter = () => core.call(owner, "closeRouter", { routerId });
    assert.deepEqual(await closeRouter(), {});
    assert.deepEqual(await closeRouter(), {});
  });
});
