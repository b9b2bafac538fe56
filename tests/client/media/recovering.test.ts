import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors, type Result } from "../../../protocol/mod.ts";
import type { Diagnostic } from "../../../client/mod.ts";
import { camera, resumeResult } from "../fakes/answers.ts";
import { FakeCall } from "../fakes/call.ts";
import { held, Refusal, silence } from "../fakes/service.ts";
import { FakeStream } from "../fakes/stream.ts";
import { FakeTrack } from "../fakes/track.ts";
import { rest } from "../fakes/turns.ts";

/** A media element, as far as it is used. */
function element(): HTMLVideoElement {
  const video = { srcObject: null, autoplay: false, playsInline: false };
  return video as Partial<HTMLVideoElement> as HTMLVideoElement;
}

const playing = ({ srcObject }: HTMLVideoElement): MediaStreamTrack[] =>
  srcObject instanceof FakeStream ? srcObject.getTracks() : [];

describe("restarting ICE", () => {
  it("MD4: pauses what is sent, restarts both ends in one request, and sends again", async () => {
    await using call = await FakeCall.start();
    const { client, up } = call;
    const [send, recv] = [
      client.browser.end("send"),
      client.browser.end("recv"),
    ];
    up.media = false;
    await call.pass(2_500);
    assert.equal(send.isSending, false);
    assert.equal(client.service.of("restartIce").length, 1);
    assert.equal(client.service.of("restartIce")[0]?.transportIds.length, 2);
    assert.equal(send.restarts.length, 1);
    assert.equal(recv.restarts.length, 1);
    assert.equal(client.room.state, "reconnecting");
    assert.equal(call.sent.muted, false);
    up.media = true;
    await call.pass(1_000);
    assert.equal(send.isSending, true);
    assert.equal(client.room.state, "connected");
    assert.deepEqual(client.events, [
      "reconnecting",
      "reconnected",
      "recovery",
    ]);
    const [[error] = []] = client.argsOf("reconnecting");
    assert.equal(error?.code, errors.mediaFailed.code);
  });

  it("RP1: is in the report of the incident, step by step", async () => {
    await using call = await FakeCall.start();
    call.up.media = false;
    await call.pass(2_500);
    call.up.media = true;
    await call.pass(1_000);
    const [[report] = []] = call.client.argsOf("recovery");
    assert.equal(report?.trigger, "mediaStopped");
    assert.equal(report?.outcome, "recovered");
    const steps = report?.steps.map(({ step }) => step);
    assert.deepEqual(
      new Set(steps),
      new Set([
        "mediaPaused",
        "iceRestarted",
        "iceConnected",
        "mediaResumed",
        "mediaFlows",
      ]),
    );
    assert.ok((report?.mediaMs ?? 0) > 500);
    assert.equal(report?.signalingMs, 0);
  });

  it("MD7: leaves what is muted muted", async () => {
    await using call = await FakeCall.start();
    const send = call.client.browser.end("send");
    call.up.media = false;
    await call.pass(2_500);
    await call.sent.mute();
    call.up.media = true;
    await call.pass(1_000);
    assert.equal(send.isSending, false);
    await call.sent.unmute();
    assert.equal(send.isSending, true);
  });

  it("MD4: is asked for by the app, and emits what ICE says as exceptions", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    client.room.recoverMedia();
    await call.pass(500);
    assert.equal(client.service.of("restartIce").length, 1);
    client.browser.end("send").connection("disconnected");
    client.browser.end("send").connection("failed");
    await rest();
    const names = client.argsOf("exception").map(([error, name]) => {
      assert.equal(error.code, errors.mediaFailed.code);
      return name;
    });
    assert.deepEqual(names, [
      "ICE_CONNECTION_DISCONNECTED",
      "ICE_CONNECTION_FAILED",
    ]);
  });

  it("MD4: does not try to restart what has ended DTLS at the service, and recreates it at once", async () => {
    await using call = await FakeCall.start();
    const { client, transportIds } = call;
    client.service.hint("transportState", {
      transportId: transportIds.send,
      ice: "closed",
      dtls: "closed",
    });
    await call.pass(500);
    assert.equal(client.service.of("restartIce").length, 0);
    const asked = client.service.of("createWebRtcTransport");
    assert.deepEqual(asked.map(({ direction }) => direction), ["send"]);
    call.connect();
    await call.pass(1_000);
    assert.equal(client.room.state, "connected");
    const [[report] = []] = client.argsOf("recovery");
    assert.equal(report?.trigger, "transportLost");
  });

  it("MD8: is told to the service, state by state", async () => {
    await using call = await FakeCall.start();
    call.up.media = false;
    await call.pass(2_500);
    call.up.media = true;
    await call.pass(1_000);
    assert.deepEqual(
      call.client.service.of("reportMediaState").map(({ state }) => state),
      ["checking", "connected"],
    );
  });

  it("is shown to those who watch: transports, and whether media moves", async () => {
    await using call = await FakeCall.start();
    const seen: Diagnostic[] = [];
    call.client.room.on("diagnostic", (diagnostic) => seen.push(diagnostic));
    call.up.media = false;
    await call.pass(2_500);
    call.up.media = true;
    await call.pass(1_000);
    const flows = seen.flatMap((diagnostic) =>
      diagnostic.about === "media" ? [diagnostic.flow] : []
    );
    assert.deepEqual(flows.slice(0, 1), ["paused"]);
    assert.deepEqual(flows.at(-1), "flowing");
  });
});

describe("recreating what is sent", () => {
  it("MD7: moves track, key, app data and encodings to another transport, and closes the old one last", async () => {
    await using call = await FakeCall.start();
    const { client, sent, track } = call;
    const { encodings } = client.browser.end("send");
    const [before] = [...encodings.values()];
    const old = call.transportIds.send;
    client.room.recoverMedia({ recreate: true });
    await rest();
    call.connect();
    await call.pass(500);
    const { service } = client;
    const [produced] = service.of("produce");
    assert.equal(produced?.key, "camera");
    assert.equal(produced?.source, "camera");
    assert.equal(produced?.replace, true);
    assert.equal(produced?.paused, false);
    assert.deepEqual(produced?.appData, { lens: "wide" });
    const methods = service.methodsAsked();
    const closed = service.of("closeTransport").map((p) => p.transportId);
    assert.ok(closed.includes(old));
    assert.ok(
      methods.lastIndexOf("closeTransport") > methods.indexOf("produce"),
    );
    const [after] = [...client.browser.end("send").encodings.values()];
    assert.equal(after?.length, before?.length);
    assert.ok(client.browser.end("send").isSending);
    assert.equal(call.sent, sent);
    assert.equal(track.readyState, "live");
    assert.deepEqual(
      client.events.filter((event) => event.startsWith("local")),
      [],
    );
  });

  it("MD7: leaves what is muted muted, and says so to the service", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    await call.sent.mute();
    client.room.recoverMedia({ recreate: true });
    await rest();
    assert.equal(client.service.of("produce")[0]?.paused, true);
    assert.equal(client.browser.end("send").isSending, false);
    await call.sent.unmute();
    assert.equal(client.browser.end("send").isSending, true);
  });

  it("MD7: sends nothing that the service holds back, until both agree", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const { answers } = client.service;
    answers.produce = () => ({ producerId: "p-held", paused: true });
    const resumed = held<Result<"resumeProducer">>();
    answers.resumeProducer = resumed.answer;
    client.room.recoverMedia({ recreate: true });
    await rest();
    assert.deepEqual(client.service.of("resumeProducer"), [{
      producerId: "p-held",
    }]);
    assert.equal(client.browser.end("send").isSending, false);
    resumed.give({});
    await rest();
    assert.equal(client.browser.end("send").isSending, true);
  });

  it("MD4: happens when the service has lost the transport", async () => {
    await using call = await FakeCall.start();
    const transportId = call.transportIds.send;
    call.client.service.event("transportClosed", {
      transportId,
      cause: "lost",
    });
    await rest();
    assert.equal(call.client.service.of("produce").length, 1);
    assert.equal(call.client.browser.end("send").isSending, true);
  });

  it("MD4: happens when a restart is answered without parameters", async () => {
    await using call = await FakeCall.start();
    const { service } = call.client;
    service.answers.restartIce = ({ transportIds }) => ({
      transports: transportIds.map((transportId) => ({ transportId })),
    });
    call.up.media = false;
    await call.pass(2_500);
    assert.equal(service.of("createWebRtcTransport").length, 2);
    assert.equal(service.of("produce").length, 1);
    assert.equal(service.of("consume").length, 1);
  });

  it("MD4: happens when a request finds the transport gone, which is then done again", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const { answers } = client.service;
    const { produce } = answers;
    const gone = call.transportIds.send;
    answers.produce = (params) => {
      if (params.transportId === gone) throw new Refusal("transportNotFound");
      return produce(params);
    };
    const microphone = await client.room.localParticipant.publish(
      new FakeTrack("audio"),
      { source: "microphone" },
    );
    assert.equal(microphone.key, "microphone");
    assert.ok(client.browser.end("send").encodings.size >= 2);
    assert.deepEqual(client.argsOf("exception"), []);
  });

  it("MD4: is done again when it fails, after a while, and nothing is lost", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const { answers } = client.service;
    const { produce } = answers;
    answers.produce = () => {
      throw new Refusal("mediaServerUnavailable");
    };
    client.room.recoverMedia({ recreate: true });
    await rest();
    answers.produce = produce;
    await call.pass(2_000);
    call.connect();
    await call.pass(500);
    assert.equal(client.browser.end("send").isSending, true);
    assert.equal(client.room.state, "connected");
    const closed = client.service.of("closeTransport").length;
    // Two sending ones, and a receiving one.
    assert.equal(closed, 3);
  });

  it("MD7: makes place first where the room allows no more transports", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const { answers } = client.service;
    const { createWebRtcTransport } = answers;
    let refusals = 0;
    answers.createWebRtcTransport = (params) => {
      if (params.direction === "send" && refusals++ === 0) {
        throw new Refusal("tooManyTransports");
      }
      return createWebRtcTransport(params);
    };
    client.room.recoverMedia({ recreate: true });
    await call.pass(2_000);
    assert.equal(client.service.of("produce").length, 1);
    assert.ok(client.browser.end("send").isSending);
  });

  it("ends alone what cannot be published any more", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    client.service.answers.produce = () => {
      throw new Refusal("tooManyProducers");
    };
    client.room.recoverMedia({ recreate: true });
    await rest();
    assert.ok(client.events.includes("localTrackUnpublished"));
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.tooManyProducers.code);
    assert.equal(client.room.localParticipant.publications.size, 0);
  });

  it("MD7: opens data channels anew under their publications", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const publishing = client.room.localParticipant.publishData({
      label: "chat",
    });
    await rest();
    client.browser.end("send").openChannels();
    const publication = await publishing;
    client.room.recoverMedia({ recreate: true });
    await rest();
    const [, second] = client.service.of("produceData");
    assert.equal(second?.key, "chat");
    assert.equal(second?.replace, true);
    const { dataPublications } = client.room.localParticipant;
    assert.equal(dataPublications.get("chat"), publication);
  });
});

describe("recreating what is received", () => {
  it("MD7: brings another track under the same publication, and in the same element", async () => {
    await using call = await FakeCall.start();
    const { client, received } = call;
    const video = element();
    received.attach(video);
    const old = received.track;
    assert.deepEqual(playing(video), [old]);
    await received.setPreferredLayers({ spatialLayer: 1 });
    await received.setPriority(7);
    const end = client.browser.end("recv");
    client.room.recoverMedia({ recreate: true });
    await rest();
    assert.notEqual(received.track, old);
    assert.deepEqual(playing(video), [received.track]);
    assert.ok(end.isClosed);
    assert.deepEqual(
      client.events.filter((event) => event.startsWith("track")),
      ["trackReplaced"],
    );
    assert.deepEqual(client.argsOf("trackReplaced")[0], [
      received.track,
      received,
      received.participant,
    ]);
    const [consumed] = client.service.of("consume");
    assert.deepEqual(consumed?.preferredLayers, { spatialLayer: 1 });
    assert.equal(client.service.of("setConsumerPriority").at(-1)?.priority, 7);
    received.detach(video);
    assert.deepEqual(playing(video), []);
  });

  it("MD7: gives the new track to who subscribes again", async () => {
    await using call = await FakeCall.start();
    const { client, received } = call;
    const old = await received.subscribe();
    client.room.recoverMedia({ recreate: true });
    await rest();
    const track = await received.subscribe();
    assert.equal(track, received.track);
    assert.notEqual(track, old);
    assert.equal(track.readyState, "live");
  });

  it("MD7: leaves what is paused paused", async () => {
    await using call = await FakeCall.start();
    await call.received.pause();
    call.client.service.asked.length = 0;
    call.client.room.recoverMedia({ recreate: true });
    await rest();
    assert.equal(call.client.service.of("consume").length, 1);
    assert.deepEqual(call.client.service.of("resumeConsumer"), []);
  });

  it("MD7: shows the old track until the new one is there, when a publisher recreated", async () => {
    await using call = await FakeCall.start();
    const { client, received } = call;
    const old = received.track;
    const resumed = held<Result<"resumeConsumer">>();
    client.service.answers.resumeConsumer = resumed.answer;
    client.service.event("producerReplaced", {
      sessionId: "s-bob",
      oldProducerId: "p-camera",
      producer: camera("p-camera-2"),
    });
    client.service.event("consumerClosed", {
      consumerId: "c-p-camera",
      cause: "producerClosed",
    });
    await rest();
    assert.equal(received.track, old);
    assert.equal(old?.readyState, "live");
    resumed.give({});
    await rest();
    assert.notEqual(received.track, old);
    assert.equal(old?.readyState, "ended");
    assert.deepEqual(client.events, ["trackReplaced"]);
    assert.equal(client.browser.ends.length, 2, "the transport stays");
  });

  it("MD4: waits with a subscription that finds the transport gone", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const { answers } = client.service;
    const { consume } = answers;
    const gone = call.transportIds.recv;
    answers.consume = (params) => {
      if (params.transportId === gone) throw new Refusal("transportNotFound");
      return consume(params);
    };
    client.service.event("producerAdded", {
      sessionId: "s-bob",
      producer: { ...camera("p-2"), key: "camera-2" },
    });
    await rest();
    assert.deepEqual(client.argsOf("exception"), []);
    assert.ok(client.events.includes("trackSubscribed"));
    assert.ok(client.events.includes("trackReplaced"));
  });

  it("MD7: ends alone what cannot be received any more", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    client.service.answers.consume = () => {
      throw new Refusal("cannotConsume");
    };
    client.room.recoverMedia({ recreate: true });
    await rest();
    assert.ok(client.events.includes("trackUnsubscribed"));
    assert.ok(client.events.includes("exception"));
    assert.equal(call.received.subscribed, false);
  });

  it("MD7: waits for what has become of a producer that is gone", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    client.service.answers.consume = () => {
      throw new Refusal("producerNotFound");
    };
    client.room.recoverMedia({ recreate: true });
    await rest();
    assert.deepEqual(client.argsOf("trackUnsubscribed"), []);
    client.service.event("producerRemoved", {
      sessionId: "s-bob",
      producerId: "p-camera",
      key: "camera",
      cause: "closed",
    });
    await rest();
    assert.equal(client.argsOf("trackUnsubscribed").length, 1);
    assert.deepEqual(client.argsOf("exception"), []);
  });
});

describe("an outage of signaling", () => {
  /** The service is gone for a while, and knows the transports afterwards. */
  async function outage(call: FakeCall, ms = 6_000): Promise<void> {
    const { client, up } = call;
    up.signaling = false;
    client.service.cut();
    await call.pass(ms);
  }

  async function end(
    call: FakeCall,
    advice: "alive" | "restart" | "recreate" = "alive",
  ): Promise<void> {
    const { client, up } = call;
    client.service.answers.resume = (params) =>
      call.books.resumed(params, {}, advice);
    client.service.restore();
    up.signaling = true;
    await call.pass(3_000);
  }

  it("MD5: leaves media alone that flows", async () => {
    await using call = await FakeCall.start();
    await outage(call);
    await end(call);
    const { service, browser } = call.client;
    assert.equal(browser.end("send").isSending, true);
    assert.deepEqual(service.of("restartIce"), []);
    assert.deepEqual(service.of("produce"), []);
  });

  it("MD5: pauses media that does not flow, and restarts ICE with the resume", async () => {
    await using call = await FakeCall.start();
    call.up.media = false;
    await outage(call);
    const { service, browser } = call.client;
    assert.equal(browser.end("send").isSending, false);
    assert.deepEqual(service.of("restartIce"), []);
    call.up.media = true;
    await end(call, "restart");
    assert.ok(service.of("restartIce").length <= 1);
    assert.equal(browser.end("send").isSending, true);
    assert.deepEqual(service.of("produce"), []);
    const codes = call.client.argsOf("reconnecting").map(([{ code }]) => code);
    assert.deepEqual(codes, [errors.signalingLost.code]);
  });

  it("MD6: recreates what the service advises to, and always where the app wants it", async () => {
    for (const force of [false, true]) {
      await using call = await FakeCall.start({
        forceMediaReconnectionAfterNetworkDrop: force,
      });
      await outage(call);
      await end(call, force ? "alive" : "recreate");
      assert.equal(call.client.service.of("produce").length, 1);
      assert.equal(call.client.service.of("consume").length, 1);
    }
  });

  it("MD7: publishes afterwards what was published in it, once", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    await outage(call);
    const publishing = client.room.localParticipant.publish(
      new FakeTrack("audio"),
      { source: "microphone" },
    );
    await call.pass(1_000);
    assert.deepEqual(client.service.of("produce"), []);
    await end(call);
    const publication = await publishing;
    assert.equal(publication.key, "microphone");
    assert.deepEqual(
      client.service.of("produce").map(({ key, transportId }) => [
        key,
        transportId,
      ]),
      [["microphone", call.transportIds.send]],
    );
  });

  it("MD7: publishes it on the transport that takes the old one's place", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    await outage(call);
    const publishing = client.room.localParticipant.publish(
      new FakeTrack("audio"),
      { source: "microphone" },
    );
    await end(call, "recreate");
    await publishing;
    const produced = client.service.of("produce");
    assert.deepEqual(
      produced.map(({ key }) => key).sort(),
      ["camera", "microphone"],
    );
    assert.equal(new Set(produced.map((p) => p.transportId)).size, 1);
  });

  it("MD7: mutes at once and tells the service afterwards", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    await outage(call);
    const muting = call.sent.mute();
    await rest();
    assert.equal(call.sent.muted, true);
    assert.equal(client.browser.end("send").isSending, false);
    await end(call);
    await muting;
    assert.equal(client.service.of("pauseProducer").length, 1);
  });

  it("MD7: is muted also when the producer is not there any more", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    client.service.answers.pauseProducer = () => {
      throw new Refusal("producerNotFound");
    };
    await outage(call);
    const muting = call.sent.mute();
    await end(call, "recreate");
    await muting;
    assert.equal(client.service.of("produce")[0]?.paused, true);
    assert.equal(client.browser.end("send").isSending, false);
  });

  it("MD7: unpublishes in it for good", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    await outage(call);
    const unpublishing = call.sent.unpublish();
    await end(call, "recreate");
    await unpublishing;
    assert.deepEqual(client.service.of("produce"), []);
    assert.equal(client.room.localParticipant.publications.size, 0);
  });

  it("IC1: tells transports of the ICE servers that the service hints at", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const told: RTCIceServer[][] = [];
    for (const direction of ["send", "recv"] as const) {
      client.browser.end(direction).handler.updateIceServers = (iceServers) => {
        told.push(iceServers);
        return Promise.resolve();
      };
    }
    const server = { urls: ["turn:other"], username: "u", credential: "c" };
    client.service.hint("iceServers", { iceServers: [server] });
    await call.pass(10);
    assert.deepEqual(told, [[server], [server]]);
  });

  it("IC1: tells transports of other ICE servers after a resume", async () => {
    await using call = await FakeCall.start();
    const { client } = call;
    const told: RTCIceServer[][] = [];
    client.browser.end("send").handler.updateIceServers = (iceServers) => {
      told.push(iceServers);
      return Promise.resolve();
    };
    await outage(call);
    const urls = ["turn:other"];
    client.service.answers.resume = (params) =>
      resumeResult(params, {
        iceServers: [{ urls, username: "u", credential: "c" }],
        transports: Object.values(call.transportIds).map((transportId) => ({
          transportId,
          advice: "alive",
        })),
      });
    client.service.restore();
    call.up.signaling = true;
    await call.pass(2_000);
    assert.deepEqual(told, [[{ urls, username: "u", credential: "c" }]]);
  });
});

describe("a rejoin", () => {
  /** The session is over while something is under way, and another begins. */
  async function rejoin(call: FakeCall): Promise<void> {
    const { client } = call;
    client.service.answers.resume = () => {
      throw new Refusal("signalingTimeout", { reason: "nodeCrashed" });
    };
    client.service.socket.drop(1006);
    await call.pass(3_000);
  }

  it("RS3: brings back all that was sent and received", async () => {
    await using call = await FakeCall.start({ rejoin: true });
    const { client, received } = call;
    const old = received.track;
    await rejoin(call);
    assert.equal(client.service.of("produce")[0]?.key, "camera");
    assert.equal(client.browser.end("send").isSending, true);
    assert.equal(call.received, received);
    assert.notEqual(received.track, old);
    assert.deepEqual(client.argsOf("trackUnsubscribed"), []);
  });

  it("RS3: goes on with a subscription and a publication that it cut short", async () => {
    await using call = await FakeCall.start({ rejoin: true });
    const { client } = call;
    const { answers } = client.service;
    const { consume, produce } = answers;
    answers.consume = silence;
    answers.produce = silence;
    const microphone = client.room.localParticipant.publish(
      new FakeTrack("audio"),
      { source: "microphone" },
    );
    await call.received.unsubscribe();
    const subscribing = call.received.subscribe();
    await call.pass(500);
    Object.assign(answers, { consume, produce });
    await rejoin(call);
    assert.equal((await microphone).key, "microphone");
    assert.equal(await subscribing, call.received.track);
    assert.deepEqual(
      client.argsOf("exception").map(([{ code }]) => code),
      [],
    );
  });

  it("RS3: goes on with a first subscription that has no transport yet", async () => {
    await using call = await FakeCall.start({
      rejoin: true,
      autoSubscribe: false,
    });
    const { answers } = call.client.service;
    const { createWebRtcTransport } = answers;
    answers.createWebRtcTransport = silence;
    const subscribing = call.received.subscribe();
    await call.pass(500);
    answers.createWebRtcTransport = createWebRtcTransport;
    await rejoin(call);
    assert.equal(await subscribing, call.received.track);
  });
});
