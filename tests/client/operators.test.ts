import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { ConnectOptions } from "../../client/mod.ts";
import { Policy } from "../../protocol/mod.ts";
import { joinResult, participant } from "./fakes/answers.ts";
import { FakeClient, tokens } from "./fakes/client.ts";
import { Refusal } from "./fakes/service.ts";
import { FakeTrack } from "./fakes/track.ts";
import { rest } from "./fakes/turns.ts";

describe("a track that an operator mutes", () => {
  async function published() {
    const client = await FakeClient.joined();
    const publication = await client.room.localParticipant.publish(
      new FakeTrack("audio"),
      { source: "microphone" },
    );
    client.log.length = 0;
    return { client, publication };
  }

  it("is muted here as well, and stays so when it may be heard again", async () => {
    const { client, publication } = await published();
    await using _ = client;
    const { service } = client;
    const { key } = publication;
    service.event("mutedByServer", { key, muted: true });
    await rest();
    assert.deepEqual([publication.muted, publication.mutedByServer], [
      true,
      true,
    ]);
    service.event("mutedByServer", { key, muted: false });
    await rest();
    assert.deepEqual([publication.muted, publication.mutedByServer], [
      true,
      false,
    ]);
    assert.deepEqual(client.events, [
      "localTrackMutedByServer",
      "localTrackMuted",
      "localTrackMutedByServer",
    ]);
    await publication.unmute();
    assert.equal(publication.muted, false);
    assert.equal(service.of("resumeProducer").length, 1);
    assert.deepEqual(service.of("pauseProducer"), []);
  });

  it("cannot be unmuted (53310), which also tells that it is so", async () => {
    const { client, publication } = await published();
    await using _ = client;
    await publication.mute();
    client.service.answers.resumeProducer = () => {
      throw new Refusal("trackMutedByServer");
    };
    await assert.rejects(publication.unmute(), { code: 53310 });
    assert.deepEqual([publication.muted, publication.mutedByServer], [
      true,
      true,
    ]);
  });
});

describe("a policy that changes", () => {
  it("holds at once for how the client keeps time", async () => {
    await using client = await FakeClient.joined();
    const { room, service } = client;
    const policy = Policy.parse({ suspectAfterMs: 10_000, timeoutMs: 20_000 });
    service.event("policyChanged", { policy });
    await rest();
    service.ping();
    await rest();
    service.cut();
    await client.pass(9_999);
    assert.equal(room.state, "connected");
    await client.pass(1);
    assert.equal(room.state, "reconnecting");
  });
});

describe("a participant who is moved", () => {
  const there = () => ({
    ...joinResult([participant("eve")]),
    sessionId: "s-ann-2",
    participants: [
      participant("eve"),
      participant("ann", { sessionId: "s-ann-2" }),
    ],
  });

  async function moving(options: ConnectOptions = {}) {
    const client = new FakeClient();
    client.service.answers.join = () => joinResult([participant("bob")]);
    await client.join(options);
    return client;
  }

  async function move({ service }: FakeClient): Promise<void> {
    service.seq = 0;
    service.event("moved", { room: "coffee", token: "for-coffee" });
    await rest();
  }

  it("leaves the room and joins the other with the token for it, over the same Room", async () => {
    await using client = await moving();
    const { room, service } = client;
    service.answers.join = there;
    await move(client);
    assert.equal(service.of("leave").length, 1);
    const [, second] = service.sockets;
    assert.equal(second?.url.href, "wss://example.org/rooms/coffee/ws");
    assert.equal(service.of("join").at(-1)?.token, "for-coffee");
    assert.deepEqual(client.events, [
      "reconnecting",
      "participantDisconnected",
      "participantConnected",
      "moved",
      "reconnected",
      "recovery",
    ]);
    const [[bob, reason] = []] = client.argsOf("participantDisconnected");
    assert.deepEqual([bob?.identity, reason], ["bob", "left"]);
    assert.deepEqual([...room.participants.keys()], ["s-eve"]);
    assert.deepEqual(
      [room.name, room.sessionId, room.state],
      ["coffee", "s-ann-2", "connected"],
    );
    assert.deepEqual(client.argsOf("moved"), [["coffee"]]);
  });

  it("publishes there what was published, muted or not as before", async () => {
    await using client = await moving();
    const { room, service } = client;
    const { localParticipant } = room;
    const publication = await localParticipant.publish(
      new FakeTrack("video"),
      { source: "camera" },
    );
    await publication.mute();
    service.answers.join = there;
    await move(client);
    await client.pass(1_000);
    assert.equal(localParticipant.publications.get("camera"), publication);
    const produced = service.of("produce");
    assert.equal(produced.length, 2);
    assert.equal(produced[1]?.paused, true);
    assert.equal(publication.muted, true);
  });

  it("leaves the other room with the beacon for it", async () => {
    await using client = await moving();
    client.service.answers.join = there;
    await move(client);
    client.page.dispatchEvent(new Event("pagehide"));
    assert.equal(
      client.beacons.at(-1)?.url,
      "https://example.org/rooms/coffee/leave",
    );
  });

  it("tries again where the other room is not to be had yet", async () => {
    await using client = await moving();
    const { service } = client;
    let joins = 0;
    service.answers.join = () => {
      if (++joins === 1) throw new Refusal("busy", { retryAfterMs: 500 });
      return there();
    };
    await move(client);
    assert.equal(client.room.state, "reconnecting");
    await client.pass(1_000);
    assert.equal(client.room.state, "connected");
    assert.deepEqual(service.of("join").slice(1).map(({ token }) => token), [
      "for-coffee",
      "for-coffee",
    ]);
  });

  it("asks the app for a token where the one for the move has expired", async () => {
    await using client = await moving({ refreshToken: tokens() });
    const { service } = client;
    service.answers.join = ({ token }) => {
      if (token === "for-coffee") throw new Refusal("tokenExpired");
      return there();
    };
    await move(client);
    assert.equal(service.of("join").at(-1)?.token, "token-1");
    assert.equal(client.room.name, "coffee");
  });

  it("has lost the room where the other one lets nobody in", async () => {
    await using client = await moving();
    client.service.answers.join = () => {
      throw new Refusal("roomFull");
    };
    await move(client);
    const [[error, reason] = []] = client.argsOf("disconnected");
    assert.deepEqual([error?.code, reason], [53105, "removed"]);
    assert.equal(client.room.state, "disconnected");
  });
});
