import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../protocol/mod.ts";
import {
  camera,
  joinResult,
  microphone,
  participant,
} from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { rest } from "./fakes/turns.ts";

async function withBob(...producers: ReturnType<typeof camera>[]) {
  const client = new FakeClient();
  client.service.answers.join = () =>
    joinResult([participant("bob", { producers })]);
  await client.join();
  client.log.length = 0;
  return client;
}

describe("the roster", () => {
  it("gains those who come, with all that they publish, and then subscribes", async () => {
    await using client = new FakeClient();
    await client.join();
    const { service, room } = client;
    service.event("participantConnected", {
      participant: participant("bob", { producers: [camera()] }),
    });
    await rest();
    assert.deepEqual(client.events, [
      "participantConnected",
      "trackPublished",
      "trackSubscribed",
    ]);
    const bob = room.participants.get("s-bob");
    const [publication, publisher] = client.argsOf("trackPublished")[0] ?? [];
    assert.equal(publisher, bob);
    assert.equal(publication?.participant, bob);
    assert.equal(bob?.publications.get("camera"), publication);
  });

  it("loses those who go: first their tracks, one by one, then themselves", async () => {
    await using client = await withBob(camera(), microphone());
    const bob = client.room.participants.get("s-bob");
    client.service.event("participantDisconnected", {
      sessionId: "s-bob",
      reason: "networkDisconnect",
    });
    await rest();
    assert.deepEqual(client.events, [
      "trackUnsubscribed",
      "trackUnpublished",
      "trackUnsubscribed",
      "trackUnpublished",
      "participantDisconnected",
    ]);
    assert.deepEqual(client.argsOf("participantDisconnected"), [
      [bob, "networkDisconnect"],
    ]);
    assert.equal(bob?.state, "disconnected");
    assert.equal(bob?.publications.size, 0);
    assert.equal(client.room.participants.size, 0);
  });

  it("takes a changed name and metadata whole", async () => {
    await using client = await withBob();
    client.service.event("participantUpdated", {
      sessionId: "s-bob",
      name: "Bobby",
      metadata: { hat: true },
    });
    await rest();
    const bob = client.room.participants.get("s-bob");
    assert.deepEqual(client.argsOf("participantUpdated"), [[bob]]);
    assert.equal(bob?.name, "Bobby");
    assert.deepEqual(bob?.metadata, { hat: true });
  });

  it("tells when a track is muted and unmuted, once each", async () => {
    await using client = await withBob(camera());
    const { service, room } = client;
    const track = {
      sessionId: "s-bob",
      producerId: "p-camera",
      key: "camera",
    };
    const publication = room.participants.get("s-bob")?.publications
      .get("camera");
    service.event("producerPaused", track);
    service.event("producerPaused", track);
    await rest();
    assert.equal(publication?.muted, true);
    service.event("producerResumed", track);
    await rest();
    assert.equal(publication?.muted, false);
    assert.deepEqual(client.events, ["trackMuted", "trackUnmuted"]);
  });

  it("passes messages on, also from one who has left", async () => {
    await using client = await withBob();
    const { service, room } = client;
    const bob = room.participants.get("s-bob");
    service.event("message", { from: "s-bob", topic: "chat", body: "hi" });
    service.event("message", { from: "s-eve", topic: "chat", body: "bye" });
    await rest();
    assert.deepEqual(client.argsOf("message"), [
      [{ from: bob, fromSessionId: "s-bob", topic: "chat", body: "hi" }],
      [{ from: undefined, fromSessionId: "s-eve", topic: "chat", body: "bye" }],
    ]);
  });

  it("HO4: passes a message on once that a process had told before it died", async () => {
    await using client = await withBob();
    const { service } = client;
    const say = (number: number) =>
      service.event("message", {
        from: "s-bob",
        number,
        topic: "chat",
        body: number,
      });
    for (const number of [2, 5, 2, 5, 6]) say(number);
    await rest();
    const bodies = client.argsOf("message").map((args) =>
      (args as [{ body: unknown }])[0].body
    );
    assert.deepEqual(bodies, [2, 5, 6]);
  });

  it("names the speakers, oneself among them, and leaves out who is unknown", async () => {
    await using client = await withBob();
    const { service, room } = client;
    service.hint("audioLevels", {
      levels: [
        { sessionId: "s-ann", volume: -20 },
        { sessionId: "s-eve", volume: -25 },
        { sessionId: "s-bob", volume: -30 },
      ],
    });
    service.hint("audioLevels", { levels: [] });
    service.hint("activeSpeaker", { sessionId: "s-bob" });
    service.hint("activeSpeaker", { sessionId: "s-eve" });
    await rest();
    const bob = room.participants.get("s-bob");
    assert.deepEqual(client.argsOf("audioLevels"), [
      [[
        { participant: room.localParticipant, volume: -20 },
        { participant: bob, volume: -30 },
      ]],
      [[]],
    ]);
    assert.deepEqual(client.argsOf("activeSpeaker"), [[bob]]);
  });

  it("ignores what concerns nobody it knows", async () => {
    await using client = await withBob();
    const { service } = client;
    const nobody = { sessionId: "s-eve", producerId: "p", key: "camera" };
    service.event("participantDisconnected", {
      sessionId: "s-eve",
      reason: "left",
    });
    service.event("participantUpdated", { sessionId: "s-eve", name: "Eve" });
    service.event("producerAdded", { sessionId: "s-eve", producer: camera() });
    service.event("producerRemoved", { ...nobody, cause: "closed" });
    service.event("producerPaused", nobody);
    service.event("consumerClosed", { consumerId: "c", cause: "closed" });
    service.event("dataConsumerClosed", {
      dataConsumerId: "c",
      cause: "closed",
    });
    service.event("transportClosed", { transportId: "t", cause: "lost" });
    await rest();
    assert.deepEqual(client.events, []);
    assert.equal(client.room.state, "connected");
  });

  it("goes on after a listener threw", async () => {
    await using client = await withBob();
    const thrown: unknown[] = [];
    const note = (event: ErrorEvent) => {
      event.preventDefault();
      thrown.push(event.error);
    };
    globalThis.addEventListener("error", note);
    client.room.on("message", () => {
      throw new Error("the app's own");
    });
    const { service } = client;
    service.event("message", { from: "s-bob", topic: "a", body: 1 });
    service.event("message", { from: "s-bob", topic: "b", body: 2 });
    await rest();
    globalThis.removeEventListener("error", note);
    assert.equal(thrown.length, 2);
    assert.deepEqual(client.events, ["message", "message"]);
  });

  it("tells when the service reports a failed DTLS handshake", async () => {
    await using client = await withBob();
    client.service.hint("transportState", {
      transportId: "t",
      ice: "connected",
      dtls: "failed",
    });
    await rest();
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.dtlsFailed.code);
  });
});

describe("messages", () => {
  it("go to all, to participants or to session ids", async () => {
    await using client = await withBob();
    const { room, service } = client;
    const bob = room.participants.get("s-bob");
    assert.ok(bob);
    await room.sendMessage("chat", { text: "hi" });
    await room.sendMessage("chat", null, { to: [bob, "s-eve"] });
    assert.deepEqual(service.of("sendMessage"), [
      { topic: "chat", body: { text: "hi" } },
      { to: ["s-bob", "s-eve"], topic: "chat", body: null },
    ]);
  });

  it("to nobody are sent to nobody", async () => {
    await using client = await withBob();
    await client.room.sendMessage("chat", "psst", { to: [] });
    assert.deepEqual(client.service.of("sendMessage"), []);
  });

  it("that are no JSON are refused with -32602", async () => {
    await using client = await withBob();
    await assert.rejects(client.room.sendMessage("chat", 1n), {
      code: errors.invalidParams.code,
    });
  });
});
