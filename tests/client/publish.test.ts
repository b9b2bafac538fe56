import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors, type Result } from "../../protocol/mod.ts";
import type { PublishOptions } from "../../client/mod.ts";
import { joinResult } from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { held, Refusal } from "./fakes/service.ts";
import { FakeTrack } from "./fakes/track.ts";
import { rest } from "./fakes/turns.ts";

const HD = { width: 1280, height: 720 };

const publishCamera = (
  client: FakeClient,
  options: Partial<PublishOptions> = {},
  track = new FakeTrack("video", HD),
) =>
  client.room.localParticipant.publish(track, { source: "camera", ...options });

describe("publishing", () => {
  it("opens a transport for the first track only, and tells the service of each", async () => {
    await using client = await FakeClient.joined();
    const { localParticipant } = client.room;
    const camera = await publishCamera(client, { appData: { lens: "wide" } });
    const microphone = await localParticipant.publish(new FakeTrack("audio"), {
      source: "microphone",
    });
    const { service } = client;
    assert.deepEqual(service.methodsAsked().slice(1), [
      "createWebRtcTransport",
      "connectWebRtcTransport",
      "produce",
      "produce",
    ]);
    const [first, second] = service.of("produce");
    assert.equal(first?.key, "camera");
    assert.equal(first?.kind, "video");
    assert.equal(first?.paused, false);
    assert.deepEqual(first?.appData, { lens: "wide" });
    assert.equal(second?.source, "microphone");
    assert.deepEqual([...localParticipant.publications.values()], [
      camera,
      microphone,
    ]);
    assert.deepEqual(client.events, [
      "localTrackPublished",
      "localTrackPublished",
    ]);
  });

  it("goes over the ICE servers that the service names, or over the app's own", async () => {
    const named = { urls: ["turn:a"], username: "u", credential: "c" };
    const own: RTCIceServer = { urls: "turn:b" };
    for (const iceServers of [undefined, [own]]) {
      await using client = new FakeClient();
      client.service.answers.join = () => ({
        ...joinResult(),
        iceServers: [named, { urls: ["stun:a"] }],
      });
      await client.join({
        iceTransportPolicy: "relay",
        forceTcp: true,
        ...(iceServers && { iceServers }),
      });
      await publishCamera(client);
      const { options } = client.browser.end("send");
      assert.deepEqual(
        options.iceServers,
        iceServers ?? [named, { urls: ["stun:a"] }],
      );
      assert.equal(options.iceTransportPolicy, "relay");
      const [asked] = client.service.of("createWebRtcTransport");
      assert.equal(asked?.forceTcp, true);
    }
  });

  it("gives free keys by itself, and refuses a taken one with 53304", async () => {
    await using client = await FakeClient.joined();
    const [one, two] = await Promise.all([
      publishCamera(client),
      publishCamera(client),
    ]);
    assert.deepEqual([one?.key, two?.key], ["camera", "camera-2"]);
    await assert.rejects(publishCamera(client, { key: "camera-2" }), {
      code: errors.trackKeyDuplicate.code,
    });
    await one?.unpublish();
    assert.equal((await publishCamera(client)).key, "camera");
  });

  it("frees the key of a track that could not be published", async () => {
    await using client = await FakeClient.joined();
    const { answers } = client.service;
    const { produce } = answers;
    answers.produce = () => {
      throw new Refusal("tooManyProducers");
    };
    await assert.rejects(publishCamera(client), {
      code: errors.tooManyProducers.code,
    });
    answers.produce = produce;
    assert.equal((await publishCamera(client)).key, "camera");
    assert.equal(client.browser.end("send").encodings.size, 1);
  });

  it("refuses a track that has ended or does not fit its source with 53300", async () => {
    await using client = await FakeClient.joined();
    const ended = new FakeTrack("video");
    ended.stop();
    const code = errors.trackInvalid.code;
    await assert.rejects(publishCamera(client, {}, ended), { code });
    await assert.rejects(publishCamera(client, {}, new FakeTrack("audio")), {
      code,
    });
    await assert.rejects(
      publishCamera(client, { source: "microphone" }),
      { code },
    );
    assert.deepEqual(client.service.methodsAsked(), ["join"]);
  });

  it("refuses a key that is none with -32602", async () => {
    await using client = await FakeClient.joined();
    const code = errors.invalidParams.code;
    await assert.rejects(publishCamera(client, { key: "" }), { code });
    await assert.rejects(publishCamera(client, { key: "k".repeat(65) }), {
      code,
    });
  });

  it("ends with unpublish, which leaves the track to the app", async () => {
    await using client = await FakeClient.joined();
    const track = new FakeTrack("video", HD);
    const publication = await publishCamera(client, {}, track);
    await publication.unpublish();
    await publication.unpublish();
    await rest();
    assert.equal(track.readyState, "live");
    assert.equal(client.service.of("closeProducer").length, 1);
    assert.equal(client.room.localParticipant.publications.size, 0);
    assert.equal(client.browser.end("send").encodings.size, 0);
    assert.deepEqual(client.events, [
      "localTrackPublished",
      "localTrackUnpublished",
    ]);
    assert.equal((await publication.getStats()).size, 0);
  });

  it("ends by itself when the track ends", async () => {
    await using client = await FakeClient.joined();
    const track = new FakeTrack("video", HD);
    const publication = await publishCamera(
      client,
      { source: "screen" },
      track,
    );
    track.end();
    await rest();
    assert.deepEqual(client.argsOf("localTrackUnpublished"), [[publication]]);
    assert.equal(client.service.of("closeProducer").length, 1);
  });

  it("ends at once when the track ended while it was published", async () => {
    await using client = await FakeClient.joined();
    const answer = held<Result<"produce">>();
    client.service.answers.produce = answer.answer;
    const track = new FakeTrack("video", HD);
    const publishing = publishCamera(client, {}, track);
    await rest();
    track.end();
    answer.give({ producerId: "p", paused: false });
    await publishing;
    assert.deepEqual(client.service.of("closeProducer"), [{ producerId: "p" }]);
    assert.equal(client.room.localParticipant.publications.size, 0);
  });

  it("ends when the service closes the producer, and no other one with it", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client);
    const other = await publishCamera(client);
    client.service.event("producerRemoved", {
      sessionId: "s-ann",
      producerId: "p-2",
      key: "camera",
      cause: "closed",
    });
    await rest();
    assert.deepEqual(client.argsOf("localTrackUnpublished"), [[publication]]);
    assert.deepEqual([...client.room.localParticipant.publications.values()], [
      other,
    ]);
    assert.deepEqual(client.service.of("closeProducer"), []);
  });

  it("MD1: ends with 53407 when its transport never connects, and the next opens another", async () => {
    await using client = await FakeClient.joined();
    await publishCamera(client);
    const { service } = client;
    const transportId = service.of("produce")[0]?.transportId ?? "";
    service.event("transportClosed", { transportId, cause: "dtlsTimeout" });
    await rest();
    assert.deepEqual(client.events, [
      "localTrackPublished",
      "exception",
      "localTrackUnpublished",
    ]);
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.dtlsFailed.code);
    await publishCamera(client);
    assert.notEqual(service.of("produce")[1]?.transportId, transportId);
    assert.deepEqual(service.of("closeProducer"), []);
  });

  it("rejects with 53008 what is under way when the room is left", async () => {
    await using client = await FakeClient.joined();
    const answer = held<Result<"produce">>();
    client.service.answers.produce = answer.answer;
    const publishing = assert.rejects(publishCamera(client), {
      code: errors.cancelled.code,
    });
    await rest();
    await client.room.leave();
    await publishing;
  });

  it("tells of a media connection that failed", async () => {
    await using client = await FakeClient.joined();
    await publishCamera(client);
    const { handler } = client.browser.end("send");
    handler.emit("@connectionstatechange", "failed");
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.mediaFailed.code);
  });

  it("hears of a name that the service changed", async () => {
    await using client = await FakeClient.joined();
    client.service.event("participantUpdated", {
      sessionId: "s-ann",
      name: "Guest",
    });
    await rest();
    assert.equal(client.room.localParticipant.name, "Guest");
    assert.deepEqual(client.events, []);
  });

  it("changes name and metadata", async () => {
    await using client = await FakeClient.joined();
    const { localParticipant } = client.room;
    await localParticipant.update({ name: "Anna" });
    await localParticipant.update({ metadata: 3 });
    assert.deepEqual(client.service.of("updateMetadata"), [
      { name: "Anna" },
      { metadata: 3 },
    ]);
    assert.equal(localParticipant.name, "Anna");
    assert.equal(localParticipant.metadata, 3);
  });
});

describe("muting", () => {
  it("stops sending before the service is told, and leaves the track alone", async () => {
    await using client = await FakeClient.joined();
    const track = new FakeTrack("video", HD);
    const publication = await publishCamera(client, {}, track);
    const end = client.browser.end("send");
    assert.ok(end.isSending);
    let wasSending: boolean | undefined;
    client.service.answers.pauseProducer = () => {
      wasSending = end.isSending;
      return {};
    };
    const muting = publication.mute();
    assert.equal(publication.muted, true);
    await muting;
    assert.equal(wasSending, false);
    assert.equal(track.enabled, true);
    assert.deepEqual(client.events.slice(1), ["localTrackMuted"]);
  });

  it("ends with unmute, which sends when the service knows", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client);
    const end = client.browser.end("send");
    await publication.mute();
    let wasSending: boolean | undefined;
    client.service.answers.resumeProducer = () => {
      wasSending = end.isSending;
      return {};
    };
    await publication.unmute();
    assert.equal(wasSending, false);
    assert.ok(end.isSending);
    assert.deepEqual(client.events.slice(1), [
      "localTrackMuted",
      "localTrackUnmuted",
    ]);
  });

  it("from the start sends nothing at all", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client, { muted: true });
    assert.equal(publication.muted, true);
    assert.equal(client.service.of("produce")[0]?.paused, true);
    assert.ok(!client.browser.end("send").isSending);
    await publication.unmute();
    assert.ok(client.browser.end("send").isSending);
    assert.equal(client.service.of("resumeProducer").length, 1);
  });

  it("in quick succession ends as was wanted last", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client);
    await Promise.all([
      publication.mute(),
      publication.unmute(),
      publication.mute(),
    ]);
    assert.equal(publication.muted, true);
    assert.ok(!client.browser.end("send").isSending);
    assert.equal(client.service.methodsAsked().at(-1), "pauseProducer");
    await Promise.all([publication.unmute(), publication.unmute()]);
    assert.ok(client.browser.end("send").isSending);
  });

  it("while an unmute waits for the service sends nothing at all", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client, { muted: true });
    const answer = held<Result<"resumeProducer">>();
    client.service.answers.resumeProducer = answer.answer;
    const pause = held<Result<"pauseProducer">>();
    client.service.answers.pauseProducer = pause.answer;
    const unmuting = publication.unmute();
    await rest();
    const muting = publication.mute();
    answer.give({});
    await unmuting;
    assert.ok(!client.browser.end("send").isSending);
    pause.give({});
    await muting;
    assert.ok(!client.browser.end("send").isSending);
  });

  it("stays muted when the service cannot be told, and can be told again", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client);
    const { answers } = client.service;
    const { pauseProducer } = answers;
    answers.pauseProducer = () => {
      throw new Refusal("mediaServerUnavailable");
    };
    await assert.rejects(publication.mute(), {
      code: errors.mediaServerUnavailable.code,
    });
    assert.equal(publication.muted, true);
    assert.ok(!client.browser.end("send").isSending);
    answers.pauseProducer = pauseProducer;
    await publication.mute();
    assert.equal(client.service.of("pauseProducer").length, 2);
  });

  it("stays muted when unmuting fails", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client, { muted: true });
    client.service.answers.resumeProducer = () => {
      throw new Refusal("mediaServerUnavailable");
    };
    await assert.rejects(publication.unmute());
    assert.equal(publication.muted, true);
    assert.ok(!client.browser.end("send").isSending);
  });

  it("outlasts a new track under the publication", async () => {
    await using client = await FakeClient.joined();
    const old = new FakeTrack("video", HD);
    const publication = await publishCamera(client, { muted: true }, old);
    const track = new FakeTrack("video", HD);
    await publication.replaceTrack(track);
    assert.equal(publication.track, track);
    assert.equal(old.readyState, "live");
    assert.ok(!client.browser.end("send").isSending);
    assert.deepEqual([...client.browser.end("send").sentTracks.values()], [
      track,
    ]);
  });
});

describe("replacing a track", () => {
  it("lets the publication end with the new one, not with the old", async () => {
    await using client = await FakeClient.joined();
    const old = new FakeTrack("video", HD);
    const publication = await publishCamera(client, {}, old);
    const track = new FakeTrack("video", HD);
    await publication.replaceTrack(track);
    old.end();
    await rest();
    assert.equal(client.room.localParticipant.publications.size, 1);
    track.end();
    await rest();
    assert.equal(client.room.localParticipant.publications.size, 0);
  });

  it("refuses one of another kind, or one that has ended, with 53300", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client);
    const code = errors.trackInvalid.code;
    await assert.rejects(publication.replaceTrack(new FakeTrack("audio")), {
      code,
    });
    const ended = new FakeTrack("video");
    ended.stop();
    await assert.rejects(publication.replaceTrack(ended), { code });
  });

  it("rejects with 53008 when the publication has ended", async () => {
    await using client = await FakeClient.joined();
    const publication = await publishCamera(client);
    await publication.unpublish();
    const code = errors.cancelled.code;
    await assert.rejects(publication.replaceTrack(new FakeTrack("video")), {
      code,
    });
    await assert.rejects(publication.mute(), { code });
  });
});
