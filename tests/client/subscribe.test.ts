import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors, type Result } from "../../protocol/mod.ts";
import type { ConnectOptions, RemotePublication } from "../../client/mod.ts";
import {
  camera,
  consumer,
  joinResult,
  microphone,
  participant,
} from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { held, Refusal } from "./fakes/service.ts";
import { rest } from "./fakes/turns.ts";

const SELECTIVE = { autoSubscribe: false };

/** Ann, in a room where Bob publishes his camera. */
async function withCamera(options: ConnectOptions = {}) {
  const client = new FakeClient();
  client.service.answers.join = () =>
    joinResult([participant("bob", { producers: [camera()] })]);
  await client.join(options);
  return client;
}

function cameraOf(client: FakeClient): RemotePublication {
  const bob = client.room.participants.get("s-bob");
  return bob?.publications.get("camera") ?? assert.fail("no camera");
}

const removeCamera = (client: FakeClient) =>
  client.service.event("producerRemoved", {
    sessionId: "s-bob",
    producerId: "p-camera",
    key: "camera",
    cause: "closed",
  });

describe("automatic subscription", () => {
  it("receives what was published before, without trackPublished", async () => {
    await using client = await withCamera();
    assert.deepEqual(client.events, ["trackSubscribed"]);
    const [[track, publication] = []] = client.argsOf("trackSubscribed");
    assert.equal(publication, cameraOf(client));
    assert.equal(publication?.subscribed, true);
    assert.equal(publication?.track, track);
    assert.equal(track?.kind, "video");
  });

  it("opens one transport, and lets a consumer flow when its track is there", async () => {
    await using client = await withCamera();
    client.service.event("producerAdded", {
      sessionId: "s-bob",
      producer: microphone(),
    });
    await rest();
    assert.deepEqual(client.service.methodsAsked(), [
      "join",
      "createWebRtcTransport",
      "consume",
      "connectWebRtcTransport",
      "resumeConsumer",
      "consume",
      "resumeConsumer",
    ]);
  });

  it("asks for many tracks at once over one transport", async () => {
    await using client = new FakeClient();
    const producers = Array.from({ length: 20 }, (_, number) => ({
      ...camera(`p-${number}`),
      key: `camera-${number}`,
    }));
    client.service.answers.join = () =>
      joinResult([participant("bob", { producers })]);
    await client.join();
    assert.equal(client.events.length, 20);
    assert.equal(client.service.of("createWebRtcTransport").length, 1);
    assert.equal(client.service.of("connectWebRtcTransport").length, 1);
  });

  it("emits an exception when it fails, and goes on", async () => {
    await using client = new FakeClient();
    client.service.answers.consume = () => {
      throw new Refusal("cannotConsume");
    };
    await client.join();
    client.service.event("participantConnected", {
      participant: participant("bob", { producers: [camera()] }),
    });
    await rest();
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.cannotConsume.code);
    assert.equal(client.room.state, "connected");
  });

  it("emits an exception in a browser without WebRTC", async () => {
    await using client = new FakeClient();
    const { handlerFactory: _, ...ports } = client.ports;
    Object.assign(client, { ports });
    client.service.answers.join = () =>
      joinResult([participant("bob", { producers: [camera()] })]);
    await client.join();
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.mediaFailed.code);
  });
});

describe("subscribing", () => {
  it("happens only when wanted, with autoSubscribe off", async () => {
    await using client = await withCamera(SELECTIVE);
    assert.deepEqual(client.service.methodsAsked(), ["join"]);
    const publication = cameraOf(client);
    assert.equal(publication.subscribed, false);
    assert.equal(publication.track, undefined);
    const track = await publication.subscribe();
    assert.equal(publication.track, track);
    assert.deepEqual(client.events, ["trackSubscribed"]);
  });

  it("twice gives the same track and one consumer", async () => {
    await using client = await withCamera(SELECTIVE);
    const publication = cameraOf(client);
    const [one, two] = await Promise.all([
      publication.subscribe(),
      publication.subscribe(),
    ]);
    assert.equal(one, two);
    assert.equal(await publication.subscribe(), one);
    assert.equal(client.service.of("consume").length, 1);
    assert.deepEqual(client.events, ["trackSubscribed"]);
  });

  it("ends with unsubscribe: the track ends, and the service closes its end", async () => {
    await using client = await withCamera();
    const publication = cameraOf(client);
    const { track } = publication;
    await publication.unsubscribe();
    assert.equal(track?.readyState, "ended");
    assert.equal(publication.subscribed, false);
    assert.deepEqual(client.service.of("closeConsumer"), [
      { consumerId: "c-p-camera" },
    ]);
    assert.deepEqual(client.argsOf("trackUnsubscribed"), [
      [track, publication, publication.participant],
    ]);
    await publication.unsubscribe();
    assert.equal(client.service.of("closeConsumer").length, 1);
  });

  it("works again after an unsubscribe", async () => {
    await using client = await withCamera();
    const publication = cameraOf(client);
    const { track } = publication;
    await publication.unsubscribe();
    assert.notEqual(await publication.subscribe(), track);
  });

  it("rejects with what the service says, and emits nothing", async () => {
    await using client = await withCamera(SELECTIVE);
    client.service.answers.consume = () => {
      throw new Refusal("cannotConsume");
    };
    await assert.rejects(cameraOf(client).subscribe(), {
      code: errors.cannotConsume.code,
    });
    assert.deepEqual(client.events, []);
  });

  it("works again after a failure", async () => {
    await using client = await withCamera(SELECTIVE);
    const { answers } = client.service;
    const { consume } = answers;
    answers.consume = () => {
      throw new Refusal("mediaServerUnavailable");
    };
    const publication = cameraOf(client);
    await assert.rejects(publication.subscribe());
    answers.consume = consume;
    await publication.subscribe();
    assert.equal(publication.subscribed, true);
  });

  it("opens another transport when the first could not be opened", async () => {
    await using client = await withCamera(SELECTIVE);
    const { answers } = client.service;
    const { createWebRtcTransport } = answers;
    answers.createWebRtcTransport = () => {
      throw new Refusal("mediaServerUnavailable");
    };
    const publication = cameraOf(client);
    await assert.rejects(publication.subscribe(), {
      code: errors.mediaServerUnavailable.code,
    });
    answers.createWebRtcTransport = createWebRtcTransport;
    await publication.subscribe();
  });

  it("carries the wishes that were made before, and those made after", async () => {
    await using client = await withCamera(SELECTIVE);
    const publication = cameraOf(client);
    await publication.setPreferredLayers({ spatialLayer: 1 });
    await publication.setPriority(7);
    await publication.pause();
    await publication.subscribe();
    const { service } = client;
    assert.deepEqual(service.of("consume")[0]?.preferredLayers, {
      spatialLayer: 1,
    });
    assert.equal(service.of("setConsumerPriority")[0]?.priority, 7);
    assert.equal(service.of("resumeConsumer").length, 0);
    await publication.resume();
    await publication.setPreferredLayers({ spatialLayer: 2 });
    await publication.setPriority(9);
    await publication.requestKeyFrame();
    await publication.pause();
    assert.deepEqual(service.methodsAsked().slice(-5), [
      "resumeConsumer",
      "setConsumerPreferredLayers",
      "setConsumerPriority",
      "requestConsumerKeyFrame",
      "pauseConsumer",
    ]);
  });

  it("is needed for a key frame; stats are empty without", async () => {
    await using client = await withCamera(SELECTIVE);
    const publication = cameraOf(client);
    await assert.rejects(publication.requestKeyFrame(), {
      code: errors.consumerNotFound.code,
    });
    assert.equal((await publication.getStats()).size, 0);
  });

  it("ends when the service closes the consumer", async () => {
    await using client = await withCamera();
    const publication = cameraOf(client);
    client.service.event("consumerClosed", {
      consumerId: "c-p-camera",
      cause: "closed",
    });
    await rest();
    assert.deepEqual(client.events, ["trackSubscribed", "trackUnsubscribed"]);
    assert.equal(publication.subscribed, false);
    assert.deepEqual(client.service.of("closeConsumer"), []);
    assert.equal(client.room.participants.get("s-bob")?.publications.size, 1);
  });

  it("ends with the publication, once", async () => {
    await using client = await withCamera();
    const publication = cameraOf(client);
    client.service.event("consumerClosed", {
      consumerId: "c-p-camera",
      cause: "producerClosed",
    });
    removeCamera(client);
    await rest();
    assert.deepEqual(client.events, [
      "trackSubscribed",
      "trackUnsubscribed",
      "trackUnpublished",
    ]);
    await assert.rejects(publication.subscribe(), {
      code: errors.cancelled.code,
    });
  });

  it("MD1: ends with a transport that never connects, and the next one opens another", async () => {
    await using client = await withCamera();
    const { service } = client;
    const transportId = service.of("consume")[0]?.transportId ?? "";
    service.event("transportClosed", { transportId, cause: "dtlsTimeout" });
    await rest();
    assert.deepEqual(client.events, [
      "trackSubscribed",
      "exception",
      "trackUnsubscribed",
    ]);
    assert.ok(client.browser.end("recv").isClosed);
    await cameraOf(client).subscribe();
    assert.notEqual(service.of("consume")[1]?.transportId, transportId);
  });

  it("goes on under a new producer of the same key", async () => {
    await using client = await withCamera();
    client.service.event("producerAdded", {
      sessionId: "s-bob",
      producer: camera("p-camera-2"),
    });
    removeCamera(client);
    await rest();
    assert.deepEqual(client.events.slice(1), [
      "trackUnsubscribed",
      "trackUnpublished",
      "trackPublished",
      "trackSubscribed",
    ]);
    assert.ok(cameraOf(client).subscribed);
  });
});

describe("a subscription that is cut short leaves nothing behind", () => {
  type Cut = (client: FakeClient) => void;
  const cuts: Record<string, Cut> = {
    "by unsubscribe": (client) => void cameraOf(client).unsubscribe(),
    "by the end of the publication": removeCamera,
    "by the end of the participant": (client) =>
      client.service.event("participantDisconnected", {
        sessionId: "s-bob",
        reason: "left",
      }),
  };
  /** What is under way when it is cut. */
  const points = {
    "before the service has answered consume": "consume",
    "while the transport connects": "connectWebRtcTransport",
    "while the consumer is resumed": "resumeConsumer",
  } as const;

  for (const [how, cut] of Object.entries(cuts)) {
    for (const [where, method] of Object.entries(points)) {
      it(`${how}, ${where}`, async () => {
        await using client = await withCamera(SELECTIVE);
        const { service } = client;
        const answer = held<Result<typeof method>>();
        Object.assign(service.answers, { [method]: answer.answer });
        const subscribing = assert.rejects(cameraOf(client).subscribe(), {
          code: errors.cancelled.code,
        });
        await rest();
        cut(client);
        await rest();
        answer.give(method === "consume" ? consumer("p-camera", "video") : {});
        await subscribing;
        await rest();
        assert.ok(!client.events.includes("trackSubscribed"));
        assert.ok(!client.events.includes("trackUnsubscribed"));
        assert.ok(!client.events.includes("exception"));
        const wasTold = how !== "by unsubscribe" && method !== "consume";
        assert.equal(service.of("closeConsumer").length, wasTold ? 0 : 1);
      });
    }
  }

  it("by the service closing the consumer before it flows", async () => {
    await using client = await withCamera(SELECTIVE);
    const answer = held<Result<"connectWebRtcTransport">>();
    client.service.answers.connectWebRtcTransport = answer.answer;
    const subscribing = assert.rejects(cameraOf(client).subscribe(), {
      code: errors.cancelled.code,
    });
    await rest();
    client.service.event("consumerClosed", {
      consumerId: "c-p-camera",
      cause: "producerClosed",
    });
    await rest();
    answer.give({});
    await subscribing;
    assert.deepEqual(client.service.of("resumeConsumer"), []);
    assert.deepEqual(client.service.of("closeConsumer"), []);
  });

  it("by leaving the room", async () => {
    await using client = await withCamera(SELECTIVE);
    const answer = held<Result<"consume">>();
    client.service.answers.consume = answer.answer;
    const subscribing = assert.rejects(cameraOf(client).subscribe(), {
      code: errors.cancelled.code,
    });
    await rest();
    await client.room.leave();
    await subscribing;
    assert.deepEqual(client.events, ["disconnected"]);
  });
});
