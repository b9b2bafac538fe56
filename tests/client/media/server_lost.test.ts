import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { camera, joinResult, resumeResult } from "../fakes/answers.ts";
import { FakeCall } from "../fakes/call.ts";
import { Refusal } from "../fakes/service.ts";
import { FakeTrack } from "../fakes/track.ts";
import { rest } from "../fakes/turns.ts";

const { routerRtpCapabilities } = joinResult();

/** The media server is lost; what is there at Bob's side comes back later. */
async function lose(call: FakeCall): Promise<void> {
  const { service, browser } = call.client;
  const { answers } = service;
  const { consume } = answers;
  answers.consume = (params) => {
    if (params.producerId === "p-camera") throw new Refusal("producerNotFound");
    return consume(params);
  };
  answers.closeTransport = () => {
    throw new Refusal("transportNotFound");
  };
  call.up.media = false;
  service.event("mediaServerLost", {});
  await call.pass(500);
  for (const end of browser.ends) end.connection("disconnected");
}

/** There is another one; `isBack`: Bob has published anew. */
async function restore(call: FakeCall, isBack = true): Promise<void> {
  const { service } = call.client;
  service.event("mediaServerReady", { routerRtpCapabilities });
  await call.pass(200);
  if (isBack) replace(call);
  await rest();
  call.connect();
  call.up.media = true;
  await call.pass(2_000);
}

function replace(call: FakeCall): void {
  call.client.service.event("producerReplaced", {
    sessionId: "s-bob",
    oldProducerId: "p-camera",
    producer: camera("p-camera-2"),
  });
}

describe("a media server that is lost", () => {
  it("MD9: is waited for, and all media is made anew under the same objects", async () => {
    await using call = await FakeCall.start();
    const { client, sent, received } = call;
    const { service } = client;
    const old = received.track;
    await lose(call);
    await call.pass(5_000);
    assert.equal(client.room.state, "reconnecting");
    assert.deepEqual(service.methodsAsked(), [], "there is nobody to ask");
    service.answers.setConsumerPreferredLayers = () => {
      throw new Refusal("consumerNotFound");
    };
    await received.setPreferredLayers({ spatialLayer: 1 });

    await restore(call);
    assert.equal(client.room.state, "connected");
    const [produced, ...more] = service.of("produce");
    assert.deepEqual(more, []);
    assert.equal(produced?.key, "camera");
    assert.equal(produced?.replace, true);
    assert.equal(produced?.transportId, call.transportIds.send);
    assert.deepEqual(produced?.appData, { lens: "wide" });
    const consumed = service.of("consume").at(-1);
    assert.equal(consumed?.producerId, "p-camera-2");
    assert.deepEqual(consumed?.preferredLayers, { spatialLayer: 1 });
    assert.equal(call.sent, sent);
    assert.equal(call.received, received);
    assert.notEqual(received.track, old);
    assert.equal(client.browser.end("send").isSending, true);
    assert.deepEqual(
      client.events.filter((name) => name !== "exception"),
      [
        "reconnecting",
        "trackReplaced",
        "reconnected",
        "recovery",
      ],
    );
  });

  it("MD9, RP1: is one incident with one report", async () => {
    await using call = await FakeCall.start();
    await lose(call);
    await restore(call);
    const reports = call.client.argsOf("recovery").map(([report]) => report);
    assert.equal(reports.length, 1);
    const [report] = reports;
    assert.equal(report?.trigger, "mediaServerLost");
    assert.equal(report?.outcome, "recovered");
    assert.equal(report?.signalingMs, 0);
    assert.ok((report?.mediaMs ?? 0) > 500);
    const steps = report?.steps.map(({ step }) => step);
    assert.ok(steps?.includes("mediaServerReady"));
  });

  it("MD9, MD7: leaves muted what is muted, also by a mute meanwhile", async () => {
    await using call = await FakeCall.start();
    await lose(call);
    await call.sent.mute();
    await restore(call);
    const { service, browser } = call.client;
    assert.equal(service.of("produce")[0]?.paused, true);
    assert.equal(browser.end("send").isSending, false);
    await call.sent.unmute();
    assert.equal(browser.end("send").isSending, true);
  });

  it("MD9: lets wait what the app publishes meanwhile", async () => {
    await using call = await FakeCall.start();
    await lose(call);
    const publishing = call.client.room.localParticipant.publish(
      new FakeTrack("audio"),
      { source: "microphone" },
    );
    await call.pass(3_000);
    assert.deepEqual(call.client.service.of("produce"), []);
    await restore(call);
    assert.equal((await publishing).key, "microphone");
  });

  it("MD9: goes on with a publication that it cut short", async () => {
    await using call = await FakeCall.start();
    const { answers } = call.client.service;
    const { produce } = answers;
    const asked = Promise.withResolvers<void>();
    const lost = Promise.withResolvers<void>();
    answers.produce = async () => {
      asked.resolve();
      await lost.promise;
      throw new Refusal("mediaServerUnavailable", { retryAfterMs: 1_000 });
    };
    const publishing = call.client.room.localParticipant.publish(
      new FakeTrack("audio"),
      { source: "microphone" },
    );
    await call.pass(200);
    await asked.promise;
    await lose(call);
    lost.resolve();
    await rest();
    answers.produce = produce;
    await restore(call);
    assert.equal((await publishing).key, "microphone");
  });

  it("MD9: gives a first subscription its track when that is there again", async () => {
    await using call = await FakeCall.start({ autoSubscribe: false });
    await lose(call);
    const subscribing = call.received.subscribe();
    await restore(call, false);
    replace(call);
    await rest();
    call.connect();
    assert.equal(await subscribing, call.received.track);
  });

  it("MD9: is over for one whose peer is away: what that one sends comes later", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    await lose(call);
    await restore(call, false);
    assert.equal(client.room.state, "connected");
    await call.pass(15_000);
    assert.equal(client.argsOf("recovery").length, 1);
    assert.deepEqual(client.argsOf("trackUnsubscribed"), []);
    const opened = client.service.of("createWebRtcTransport").length;
    replace(call);
    await call.pass(500);
    call.connect();
    await call.pass(1_000);
    assert.equal(client.argsOf("trackReplaced").length, 1);
    assert.equal(client.argsOf("recovery").length, 1);
    assert.equal(client.service.of("createWebRtcTransport").length, opened);
  });

  it("MD9: may have others, with other codecs", async () => {
    await using call = await FakeCall.start();
    const { service } = call.client;
    await lose(call);
    const codecs = routerRtpCapabilities.codecs?.filter(({ kind, mimeType }) =>
      kind === "audio" || mimeType === "video/VP8"
    );
    service.event("mediaServerReady", {
      routerRtpCapabilities: { ...routerRtpCapabilities, codecs },
    });
    await call.pass(500);
    const recv = service.of("createWebRtcTransport")
      .find(({ direction }) => direction === "recv");
    assert.ok(recv?.direction === "recv");
    const names = recv.rtpCapabilities.codecs?.map(({ mimeType }) => mimeType);
    assert.deepEqual(new Set(names), new Set(["audio/opus", "video/VP8"]));
  });

  it("MD9: is heard of by one who was away, from the snapshot", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const { service } = client;
    const { participants } = joinResult([
      { ...bob(call), producers: [camera()] },
    ]);
    service.answers.resume = (params) =>
      resumeResult(params, { snapshot: { participants } });
    service.socket.drop(1006);
    call.up.media = false;
    await call.pass(1_000);
    assert.deepEqual(service.of("createWebRtcTransport"), []);
    service.event("mediaServerReady", { routerRtpCapabilities });
    await call.pass(500);
    call.connect();
    call.up.media = true;
    await call.pass(2_000);
    assert.equal(client.room.state, "connected");
    assert.equal(service.of("produce")[0]?.replace, true);
  });
});

function bob({ client }: FakeCall) {
  const [known] = [...client.room.participants.values()];
  assert.ok(known);
  const { sessionId, identity, name, state, mediaState } = known;
  return {
    sessionId,
    identity,
    name,
    state: state === "reconnecting" ? state : "connected" as const,
    mediaState,
    producers: [],
    dataProducers: [],
  };
}
