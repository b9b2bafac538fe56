import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../protocol/mod.ts";
import { camera, joinResult, participant, secretOf } from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { silence } from "./fakes/service.ts";
import { FakeTrack } from "./fakes/track.ts";
import { rest } from "./fakes/turns.ts";

/** Ann, who sends her camera and receives Bob's. */
async function inCall() {
  const client = new FakeClient();
  client.service.answers.join = () =>
    joinResult([participant("bob", { producers: [camera()] })]);
  await client.join();
  const track = new FakeTrack("video", { width: 1280, height: 720 });
  await client.room.localParticipant.publish(track, { source: "camera" });
  client.log.length = 0;
  return { client, track };
}

const bobsTrack = (client: FakeClient) =>
  client.room.participants.get("s-bob")?.publications.get("camera")?.track;

describe("leaving", () => {
  it("tells the service, closes everything, and ends without an error", async () => {
    const { client, track } = await inCall();
    await using _ = client;
    const remote = bobsTrack(client);
    const leaving = client.room.leave();
    assert.equal(track.readyState, "ended");
    assert.ok(client.browser.ends.every(({ isClosed }) => isClosed));
    await leaving;
    assert.equal(remote?.readyState, "ended");
    assert.equal(bobsTrack(client), undefined);
    assert.equal(client.service.methodsAsked().at(-1), "leave");
    assert.equal(client.service.closedWith, 1000);
    assert.equal(client.room.state, "disconnected");
    assert.deepEqual(client.log, [
      { event: "disconnected", args: [undefined, "left"] },
    ]);
  });

  it("leaves the tracks alone that are not to be stopped", async () => {
    await using client = new FakeClient();
    await client.join();
    const track = new FakeTrack("audio");
    await client.room.localParticipant.publish(track, {
      source: "microphone",
      stopOnLeave: false,
    });
    await client.room.leave();
    assert.equal(track.readyState, "live");
  });

  it("takes 2 s at most", async () => {
    const { client } = await inCall();
    await using _ = client;
    client.service.answers.leave = silence;
    const leaving = client.room.leave();
    await rest();
    assert.deepEqual(client.events, []);
    client.clock.advance(2_000);
    await leaving;
    assert.deepEqual(client.events, ["disconnected"]);
  });

  it("twice is leaving once", async () => {
    const { client } = await inCall();
    await using _ = client;
    await Promise.all([client.room.leave(), client.room.leave()]);
    await client.room.leave();
    assert.equal(client.service.of("leave").length, 1);
    assert.deepEqual(client.events, ["disconnected"]);
  });

  it("GR4: happens at once when the page goes, over all ways", async () => {
    const { client, track } = await inCall();
    await using _ = client;
    client.page.dispatchEvent(new Event("pagehide"));
    assert.equal(client.service.closedWith, 1000);
    assert.equal(track.readyState, "ended");
    assert.equal(client.room.state, "disconnected");
    assert.equal(client.service.methodsAsked().at(-1), "leave");
    assert.deepEqual(client.beacons, [{
      url: "https://example.org/rooms/tea/leave",
      body: { sessionId: "s-ann", secret: secretOf(0) },
    }]);
  });

  it("GR4: does not happen when the browser keeps the page to come back to", async () => {
    const { client } = await inCall();
    await using _ = client;
    const hidden = Object.assign(new Event("pagehide"), { persisted: true });
    client.page.dispatchEvent(hidden);
    assert.equal(client.room.state, "connected");
    assert.deepEqual(client.beacons, []);
  });

  it("makes every later request fail with 53008, and no event follows", async () => {
    const { client } = await inCall();
    await using _ = client;
    const [publication] = [
      ...client.room.localParticipant.publications.values(),
    ];
    await client.room.leave();
    const code = errors.cancelled.code;
    await assert.rejects(client.room.sendMessage("t", 1), { code });
    await assert.rejects(publication?.mute() ?? assert.fail(), { code });
    await assert.rejects(
      client.room.localParticipant.publish(new FakeTrack("audio"), {
        source: "microphone",
      }),
      { code },
    );
    assert.deepEqual(client.events, ["disconnected"]);
  });

  it("works from within a listener", async () => {
    const { client } = await inCall();
    await using _ = client;
    client.room.on("message", () => void client.room.leave());
    client.service.event("message", { from: "s-bob", topic: "t", body: 1 });
    client.service.event("message", { from: "s-bob", topic: "t", body: 2 });
    await rest();
    assert.deepEqual(client.events, ["message", "disconnected"]);
  });
});

describe("losing the room", () => {
  it("does not happen while the service pings", async () => {
    const { client } = await inCall();
    await using _ = client;
    for (let second = 0; second < 10; second++) {
      client.service.ping();
      await rest();
      client.clock.advance(1_000);
    }
    assert.equal(client.room.state, "connected");
    assert.deepEqual(client.service.acks, Array(10).fill(0));
  });

  it("says why the service ended the session", async () => {
    const { client } = await inCall();
    await using _ = client;
    client.service.event("sessionEnded", { reason: "removed" });
    client.service.socket.drop(4004);
    await rest();
    const [[error, reason] = []] = client.argsOf("disconnected");
    assert.equal(error?.code, errors.participantRemoved.code);
    assert.equal(reason, "removed");
    assert.deepEqual(client.events, ["disconnected"]);
  });

  for (
    const [what, say] of [
      ["no JSON", (client) => client.service.say("<html>")],
      ["binary", (client) => client.service.socket.deliver(new ArrayBuffer(2))],
    ] satisfies [string, (client: FakeClient) => void][]
  ) {
    it(`ends with 53003 when the service says what is ${what}`, async () => {
      const { client } = await inCall();
      await using _ = client;
      say(client);
      await rest();
      const [[error, reason] = []] = client.argsOf("disconnected");
      assert.equal(error?.code, errors.invalidServerMessage.code);
      assert.equal(reason, "protocolError");
    });
  }

  it("fails what is under way, and emits nothing after disconnected", async () => {
    const { client } = await inCall();
    await using _ = client;
    client.service.answers.sendMessage = silence;
    client.service.answers.closeProducer = silence;
    const sending = assert.rejects(client.room.sendMessage("t", 1), {
      code: errors.roomEnded.code,
    });
    const [publication] = client.room.localParticipant.publications.values();
    const unpublishing = publication?.unpublish();
    await rest();
    client.service.event("sessionEnded", { reason: "roomClosed" });
    await sending;
    await unpublishing;
    assert.deepEqual(client.events, ["localTrackUnpublished", "disconnected"]);
  });
});
