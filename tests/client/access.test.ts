import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors, Grants } from "../../protocol/mod.ts";
import {
  camera,
  consumer,
  joinResult,
  microphone,
  participant,
  resumeResult,
} from "./fakes/answers.ts";
import { FakeClient, tokens } from "./fakes/client.ts";
import { Refusal, silence } from "./fakes/service.ts";
import { FakeTrack } from "./fakes/track.ts";
import { rest } from "./fakes/turns.ts";

async function expire({ service }: FakeClient): Promise<void> {
  service.hint("tokenExpiring", { expiresAt: 1 });
  await rest();
}

const shown = ({ service }: FakeClient) =>
  service.of("refreshToken").map(({ token }) => token);

const grantsOf = (grants: Partial<Grants>) => Grants.parse(grants);

describe("an access token that expires", () => {
  it("RS8: is replaced by what refreshToken gives when the service asks", async () => {
    await using client = await FakeClient.joined({ refreshToken: tokens() });
    await expire(client);
    assert.deepEqual(shown(client), ["token-1"]);
    await expire(client);
    assert.deepEqual(shown(client), ["token-1", "token-2"]);
    assert.deepEqual(client.events, []);
  });

  it("RS8: is replaced by the function that gave the first, where there is no other", async () => {
    await using client = await FakeClient.joined({}, tokens());
    await expire(client);
    assert.deepEqual(client.service.of("join").map(({ token }) => token), [
      "token-1",
    ]);
    assert.deepEqual(shown(client), ["token-2"]);
  });

  it("RS8: is left to expire where the app has no other", async () => {
    await using client = await FakeClient.joined();
    await expire(client);
    assert.deepEqual(shown(client), []);
    assert.equal(client.room.state, "connected");
  });

  it("RS8: is replaced once, however often the service asks meanwhile", async () => {
    await using client = await FakeClient.joined({ refreshToken: tokens() });
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
    await using client = await FakeClient.joined({ refreshToken });
    await expire(client);
    assert.equal(calls, 1);
    await client.pass(749);
    assert.equal(calls, 1);
    await client.pass(1);
    assert.equal(calls, 2);
    await client.pass(1_500);
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
    await using client = await FakeClient.joined({ refreshToken });
    await expire(client);
    for (let second = 0; second < 11; second++) {
      client.service.ping();
      await rest();
      await client.pass(1_000);
    }
    assert.equal(calls, 2);
    assert.deepEqual(shown(client), ["token-1"]);
  });

  it("RS8: is shown again when the service is busy, and not before it says", async () => {
    await using client = await FakeClient.joined({ refreshToken: tokens() });
    client.service.answers.refreshToken = () => {
      throw new Refusal("busy", { retryAfterMs: 1_200 });
    };
    await expire(client);
    await client.pass(1_199);
    assert.deepEqual(shown(client), ["token-1"]);
    client.service.answers.refreshToken = () => ({
      expiresAt: 2,
      grants: grantsOf({}),
    });
    await client.pass(1);
    assert.deepEqual(shown(client), ["token-1", "token-2"]);
    assert.deepEqual(client.argsOf("exception"), []);
  });

  it("RS8: is asked for no more once the room is left", async () => {
    let calls = 0;
    const refreshToken = () => {
      calls++;
      return Promise.reject(new Error("away"));
    };
    await using client = await FakeClient.joined({ refreshToken });
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
    await using client = await FakeClient.joined({
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
    await using client = await FakeClient.joined();
    const { room, service } = client;
    assert.deepEqual(room.localParticipant.grants, grantsOf({}));
    const grants = grantsOf({ publish: ["microphone"], sendData: false });
    service.event("grantsChanged", { grants });
    await rest();
    assert.deepEqual(room.localParticipant.grants, grants);
    assert.deepEqual(client.argsOf("grantsChanged"), [[grants]]);
  });

  it("are those that a resume tells, where events are not kept any more", async () => {
    await using client = await FakeClient.joined();
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
    await using client = await FakeClient.joined();
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
