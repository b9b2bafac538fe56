import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { ConnectOptions, Token } from "../../client/mod.ts";
import { errors, Grants, Policy } from "../../protocol/mod.ts";
import {
  camera,
  consumer,
  joinResult,
  microphone,
  participant,
  resumeResult,
} from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { Refusal, silence } from "./fakes/service.ts";
import { FakeTrack } from "./fakes/track.ts";
import { rest } from "./fakes/turns.ts";

async function joined(options: ConnectOptions = {}, token?: Token) {
  const client = new FakeClient();
  await client.join(options, token);
  return client;
}

async function pass(client: FakeClient, ms: number): Promise<void> {
  client.clock.advance(ms);
  await rest();
}

/** Counts on from `token-1`. */
function tokens(): () => Promise<string> {
  let count = 0;
  return () => Promise.resolve(`token-${++count}`);
}

async function expire({ service }: FakeClient): Promise<void> {
  service.hint("tokenExpiring", { expiresAt: 1 });
  await rest();
}

const shown = ({ service }: FakeClient) =>
  service.of("refreshToken").map(({ token }) => token);

const grantsOf = (grants: Partial<Grants>) => Grants.parse(grants);

describe("an access token that expires", () => {
  it("RS8: is replaced by what refreshToken gives when the service asks", async () => {
    await using client = await joined({ refreshToken: tokens() });
    await expire(client);
    assert.deepEqual(shown(client), ["token-1"]);
    await expire(client);
    assert.deepEqual(shown(client), ["token-1", "token-2"]);
    assert.deepEqual(client.events, []);
  });

  it("RS8: is replaced by the function that gave the first, where there is no other", async () => {
    await using client = await joined({}, tokens());
    await expire(client);
    assert.deepEqual(client.service.of("join").map(({ token }) => token), [
      "token-1",
    ]);
    assert.deepEqual(shown(client), ["token-2"]);
  });

  it("RS8: is left to expire where the app has no other", async () => {
    await using client = await joined();
    await expire(client);
    assert.deepEqual(shown(client), []);
    assert.equal(client.room.state, "connected");
  });

  it("RS8: is replaced once, however often the service asks meanwhile", async () => {
    await using client = await joined({ refreshToken: tokens() });
    client.service.answers.refreshToken = silence;
    await expire(client);
    await expire(client);
    assert.deepEqual(shown(client), ["token-1"]);
  });

  it("RS8: is asked for again where the app fails, later each time, three times in all", async () => {
    let calls = 0;
    const refreshToken = () => {
      calls++;
      return Promise.reject(new Error("the backend is away"));
    };
    await using client = await joined({ refreshToken });
    await expire(client);
    assert.equal(calls, 1);
    await pass(client, 749);
    assert.equal(calls, 1);
    await pass(client, 1);
    assert.equal(calls, 2);
    await pass(client, 1_500);
    assert.equal(calls, 3);
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.tokenInvalid.code);
    assert.match(error?.message ?? "", /the backend is away/);
    assert.equal(client.room.state, "connected");
    await expire(client);
    assert.equal(calls, 4);
    await client.room.leave();
  });

  it("RS8: is asked for again where the app takes longer than 10 s", async () => {
    let calls = 0;
    const refreshToken = () => ++calls === 1 ? silence() : tokens()();
    await using client = await joined({ refreshToken });
    await expire(client);
    for (let second = 0; second < 11; second++) {
      client.service.ping();
      await rest();
      await pass(client, 1_000);
    }
    assert.equal(calls, 2);
    assert.deepEqual(shown(client), ["token-1"]);
  });

  it("RS8: is shown again when the service is busy, and not before it says", async () => {
    await using client = await joined({ refreshToken: tokens() });
    client.service.answers.refreshToken = () => {
      throw new Refusal("busy", { retryAfterMs: 1_200 });
    };
    await expire(client);
    await pass(client, 1_199);
    assert.deepEqual(shown(client), ["token-1"]);
    client.service.answers.refreshToken = () => ({
      expiresAt: 2,
      grants: grantsOf({}),
    });
    await pass(client, 1);
    assert.deepEqual(shown(client), ["token-1", "token-2"]);
    assert.deepEqual(client.argsOf("exception"), []);
  });

  it("RS8: is asked for no more once the room is left", async () => {
    let calls = 0;
    const refreshToken = () => {
      calls++;
      return Promise.reject(new Error("away"));
    };
    await using client = await joined({ refreshToken });
    await expire(client);
    const { clock } = client;
    await client.room.leave();
    clock.advance(10_000);
    await rest();
    assert.equal(calls, 1);
  });

  it("RS8: has its successor shown in a resume that wants one", async () => {
    await using client = new FakeClient();
    const result = joinResult();
    const policy = { ...result.policy, requireTokenOnResume: true };
    client.service.answers.join = () => ({ ...result, policy });
    await client.join({ refreshToken: tokens() }, "first");
    await expire(client);
    client.service.socket.drop(1006);
    await rest();
    const [resume] = client.service.of("resume");
    assert.equal(resume?.token, "token-1");
    assert.equal(client.room.state, "connected");
  });

  it("RS8: is replaced for a resume that is refused with 20104, and for a rejoin", async () => {
    await using client = await joined({
      rejoin: true,
      refreshToken: tokens(),
    }, "first");
    const { service } = client;
    service.answers.resume = ({ token, ...params }) => {
      if (token === undefined) throw new Refusal("tokenExpired");
      return resumeResult(params);
    };
    service.socket.drop(1006);
    await rest();
    assert.deepEqual(service.of("resume").map(({ token }) => token), [
      undefined,
      "token-1",
    ]);
    service.answers.resume = () => {
      throw new Refusal("signalingTimeout", { reason: "networkDisconnect" });
    };
    service.socket.drop(1006);
    await rest();
    assert.deepEqual(service.of("join").map(({ token }) => token), [
      "first",
      "token-2",
    ]);
  });
});

describe("grants", () => {
  it("are those of the join, and change with an event", async () => {
    await using client = await joined();
    const { room, service } = client;
    assert.deepEqual(room.localParticipant.grants, grantsOf({}));
    const grants = grantsOf({ publish: ["microphone"], sendData: false });
    service.event("grantsChanged", { grants });
    await rest();
    assert.deepEqual(room.localParticipant.grants, grants);
    assert.deepEqual(client.argsOf("grantsChanged"), [[grants]]);
  });

  it("are those that a resume tells, where events are not kept any more", async () => {
    await using client = await joined();
    const grants = grantsOf({ publish: false });
    client.service.answers.resume = ({ ack, attempt }) =>
      resumeResult({ ack, attempt }, {
        grants,
        seq: 10,
        snapshot: { participants: [participant("ann")] },
      });
    client.service.socket.drop(1006);
    await rest();
    assert.deepEqual(client.room.localParticipant.grants, grants);
    assert.deepEqual(client.argsOf("grantsChanged"), [[grants]]);
  });

  it("that are taken away end the publication, and leave its track to the app", async () => {
    await using client = await joined();
    const { room, service } = client;
    const track = new FakeTrack("video");
    const publication = await room.localParticipant.publish(track, {
      source: "camera",
    });
    service.event("grantsChanged", { grants: grantsOf({ publish: false }) });
    service.event("producerRemoved", {
      sessionId: "s-ann",
      producerId: "p-2",
      key: publication.key,
      cause: "revoked",
    });
    await rest();
    assert.deepEqual(client.argsOf("localTrackUnpublished"), [[publication]]);
    assert.equal(room.localParticipant.publications.size, 0);
    assert.equal(track.readyState, "live");
  });

  it("to subscribe bring back, when they come back, what was received and what came meanwhile", async () => {
    await using client = new FakeClient();
    const { service } = client;
    const bob = participant("bob", { producers: [camera()] });
    service.answers.join = () => joinResult([bob]);
    let consumers = 0;
    service.answers.consume = ({ producerId }) => {
      const kind = producerId === "p-camera" ? "video" : "audio";
      return consumer(producerId, kind, `c-${++consumers}`);
    };
    await client.join();
    assert.equal(service.of("consume").length, 1);
    service.event("grantsChanged", { grants: grantsOf({ subscribe: false }) });
    service.event("consumerClosed", {
      consumerId: "c-1",
      cause: "revoked",
    });
    service.event("producerAdded", {
      sessionId: "s-bob",
      producer: microphone(),
    });
    await rest();
    assert.equal(service.of("consume").length, 1);
    assert.equal(client.argsOf("trackUnsubscribed").length, 1);
    assert.deepEqual(client.argsOf("exception"), []);
    service.event("grantsChanged", { grants: grantsOf({}) });
    await rest();
    assert.deepEqual(
      service.of("consume").slice(1).map(({ producerId }) => producerId),
      ["p-camera", "p-microphone"],
    );
    assert.equal(client.argsOf("trackSubscribed").length, 3);
  });

  it("that lack the right to subscribe from the start try nothing", async () => {
    await using client = new FakeClient();
    const { service } = client;
    const bob = participant("bob", { producers: [camera()] });
    service.answers.join = () => ({
      ...joinResult([bob]),
      grants: grantsOf({ subscribe: false }),
    });
    await client.join();
    assert.deepEqual(service.of("consume"), []);
    assert.deepEqual(client.argsOf("exception"), []);
  });
});

describe("a track that an operator mutes", () => {
  async function published() {
    const client = await joined();
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
    await using client = await joined();
    const { room, service } = client;
    const policy = Policy.parse({ suspectAfterMs: 10_000, timeoutMs: 20_000 });
    service.event("policyChanged", { policy });
    await rest();
    service.ping();
    await rest();
    service.cut();
    await pass(client, 9_999);
    assert.equal(room.state, "connected");
    await pass(client, 1);
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
    await pass(client, 1_000);
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
    await pass(client, 1_000);
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
