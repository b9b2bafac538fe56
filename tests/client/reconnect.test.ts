import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../protocol/mod.ts";
import {
  joinResult,
  participant,
  resumeResult,
  secretOf,
} from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { Refusal, silence } from "./fakes/service.ts";
import { rest } from "./fakes/turns.ts";
import { bobOf, joined, reportOf } from "./outage.ts";

const stepsOf = (client: FakeClient) =>
  reportOf(client).steps.map(({ step }) => step);

describe("a room that has lost its connection", () => {
  it("RS1: is reconnecting (53001), and then connected, with all its objects", async () => {
    await using client = await joined();
    const { room, service } = client;
    const bob = bobOf(client);
    room.once("reconnecting", () => assert.equal(room.state, "reconnecting"));
    room.once("reconnected", () => assert.equal(room.state, "connected"));
    await client.drop();
    assert.deepEqual(client.events.slice(0, 3), [
      "reconnecting",
      "reconnected",
      "recovery",
    ]);
    const [[error] = []] = client.argsOf("reconnecting");
    assert.equal(error?.code, errors.signalingLost.code);
    assert.equal(error?.code, 53001);
    assert.equal(bobOf(client), bob);
    assert.equal(room.sessionId, "s-ann");
    assert.equal(service.sockets.length, 2);
    assert.deepEqual(service.of("resume"), [{
      sessionId: "s-ann",
      secret: secretOf(0),
      epoch: 1,
      ack: 0,
      attempt: 1,
    }]);
  });

  it("RS1: tells what was missed, each event once and in order", async () => {
    await using client = await joined();
    const { service } = client;
    const say = (body: number) =>
      service.event("message", { from: "s-bob", topic: "t", body });
    say(1);
    await rest();
    service.cut();
    say(2);
    say(3);
    await client.pass(4_000);
    service.restore();
    await client.pass(2_000);
    say(4);
    await rest();
    const bodies = client.argsOf("message").map(([{ body }]) => body);
    assert.deepEqual(bodies, [1, 2, 3, 4]);
    assert.deepEqual(service.of("resume").map(({ ack }) => ack), [1]);
    service.ping();
    await rest();
    assert.deepEqual(service.acks, [4]);
  });

  it("RS6: does what is asked for in the outage once it is over, and once", async () => {
    await using client = await joined();
    const { room, service } = client;
    service.answers.sendMessage = silence;
    const before = room.sendMessage("t", "before");
    await rest();
    service.cut();
    const during = room.sendMessage("t", "during");
    await client.pass(6_000);
    service.answers.sendMessage = () => ({});
    service.restore();
    await client.pass(2_000);
    await Promise.all([before, during]);
    assert.deepEqual(service.of("sendMessage").map(({ body }) => body), [
      "before",
      "before",
      "during",
    ]);
  });

  it("HB3: is reconnecting after 2 s of silence, and connected when the old socket speaks", async () => {
    await using client = await joined();
    const { room, service } = client;
    service.cut();
    await client.pass(1_999);
    assert.equal(room.state, "connected");
    await client.pass(1);
    assert.equal(room.state, "reconnecting");
    await client.pass(500);
    service.restore();
    service.sockets[0]?.deliver(
      '{"jsonrpc":"2.0","method":"audioLevels","params":{"levels":[]}}',
    );
    await rest();
    assert.equal(room.state, "connected");
    assert.deepEqual(service.of("resume"), []);
    assert.deepEqual(stepsOf(client), [
      "suspected",
      "socketTried",
      "oldSocketSpoke",
    ]);
    assert.deepEqual(client.events, [
      "reconnecting",
      "reconnected",
      "recovery",
      "audioLevels",
    ]);
  });

  it("HB3: resumes on a fresh socket where the old one is half-open", async () => {
    await using client = await joined();
    const { room, service } = client;
    service.sockets[0]?.cut();
    await client.pass(2_000);
    assert.equal(room.state, "connected");
    assert.equal(service.of("resume").length, 1);
    assert.equal(service.sockets[0]?.phase, "closed");
  });

  it("RS5: resumes with the old secret again where the answer was lost", async () => {
    await using client = await joined();
    const { service } = client;
    service.answers.resume = () => {
      service.cut();
      return resumeResult();
    };
    await client.drop();
    assert.equal(client.room.state, "reconnecting");
    service.answers.resume = (params) => resumeResult(params);
    service.restore();
    await client.pass(2_000);
    assert.equal(client.room.state, "connected");
    assert.deepEqual(
      service.of("resume").map(({ secret, attempt }) => [secret, attempt]),
      [[secretOf(0), 1], [secretOf(0), 2]],
    );
  });

  it("RS10: is back when the service says, at the earliest", async () => {
    await using client = await joined();
    const { service } = client;
    service.answers.resume = () => {
      throw new Refusal("busy", { retryAfterMs: 5_000 });
    };
    await client.drop();
    service.answers.resume = (params) => resumeResult(params);
    await client.pass(4_999);
    assert.equal(client.room.state, "reconnecting");
    await client.pass(1);
    assert.equal(client.room.state, "connected");
  });

  it("RS10: tries at the application's wish, by its policy and by retryNow", async () => {
    await using client = await joined({ retryPolicy: () => 8_000 });
    await client.drop();
    await client.pass(7_999);
    assert.equal(client.service.sockets.length, 1);
    client.room.retryNow();
    await rest();
    assert.equal(client.room.state, "connected");
  });

  it("RS10: goes by the usual policy where the application's own fails", async () => {
    const reported: unknown[] = [];
    const listener = (event: ErrorEvent) => {
      event.preventDefault();
      reported.push(event.error);
    };
    globalThis.addEventListener("error", listener);
    await using client = await joined({ retryPolicy: () => NaN });
    await client.drop();
    globalThis.removeEventListener("error", listener);
    assert.equal(client.room.state, "connected");
    assert.ok(reported[0] instanceof RangeError);
  });

  it("RS8: asks for another token when the service says 20104, and only then", async () => {
    await using client = new FakeClient();
    let tokens = 0;
    const room = await client.connect(
      {},
      () => Promise.resolve(`token-${++tokens}`),
    );
    client.service.socket.drop(1006);
    await rest();
    assert.equal(tokens, 1);
    client.service.answers.resume = ({ token, ...params }) => {
      if (token !== "token-2") throw new Refusal("tokenExpired");
      return resumeResult(params);
    };
    client.service.socket.drop(1006);
    await rest();
    assert.equal(room.state, "connected");
    assert.equal(tokens, 2);
  });
});

describe("a room that is lost", () => {
  it("RS3: ends with 53002 and networkDisconnect when the place was given away", async () => {
    await using client = await joined();
    client.service.answers.resume = () => {
      throw new Refusal("signalingTimeout", { reason: "networkDisconnect" });
    };
    await client.drop();
    const [[error, reason] = []] = client.argsOf("disconnected");
    assert.equal(error?.code, 53002);
    assert.equal(reason, "networkDisconnect");
    assert.deepEqual(client.events, [
      "reconnecting",
      "recovery",
      "disconnected",
    ]);
    assert.equal(reportOf(client).outcome, "evicted");
    assert.equal(client.room.state, "disconnected");
  });

  it("RS3: ends with nodeCrashed when the room was lost with its process", async () => {
    await using client = await joined();
    client.service.answers.resume = () => {
      throw new Refusal("signalingTimeout", { reason: "nodeCrashed" });
    };
    await client.drop();
    const [[, reason] = []] = client.argsOf("disconnected");
    assert.equal(reason, "nodeCrashed");
  });

  it("ends with 53000 when there is no service for giveUpAfterMs", async () => {
    await using client = await joined({ giveUpAfterMs: 10_000 });
    client.service.vanish();
    await client.drop();
    for (let second = 0; second < 9; second++) await client.pass(1_000);
    assert.equal(client.room.state, "reconnecting");
    await client.pass(1_000);
    const [[error] = []] = client.argsOf("disconnected");
    assert.equal(error?.code, 53000);
    assert.equal(reportOf(client).outcome, "gaveUp");
  });

  it("ends at once when it is left meanwhile, and the service is told", async () => {
    await using client = await joined();
    client.service.vanish();
    await client.drop();
    await client.room.leave();
    assert.deepEqual(client.argsOf("disconnected"), [[undefined, "left"]]);
    assert.equal(reportOf(client).outcome, "left");
    assert.equal(client.beacons.length, 1);
  });
});

describe("a room that is joined anew", () => {
  const evict = (client: FakeClient) => {
    client.service.answers.resume = () => {
      throw new Refusal("signalingTimeout", { reason: "nodeCrashed" });
    };
    client.service.answers.join = () => ({
      ...joinResult([participant("eve")]),
      sessionId: "s-ann-2",
      participants: [
        participant("eve"),
        participant("ann", { sessionId: "s-ann-2", name: "Anna" }),
      ],
    });
  };

  it("RS3: keeps the room and oneself, under another session id", async () => {
    await using client = await joined({ rejoin: true, name: "Anna" });
    const { room, service } = client;
    const { localParticipant } = room;
    evict(client);
    await client.drop();
    assert.equal(room.state, "connected");
    assert.equal(room.localParticipant, localParticipant);
    assert.equal(room.sessionId, "s-ann-2");
    assert.equal(localParticipant.sessionId, "s-ann-2");
    assert.equal(service.of("join").length, 2);
    assert.equal(reportOf(client).outcome, "rejoined");
    assert.ok(stepsOf(client).includes("rejoined"));
  });

  it("RS3: tells of those who are gone, with the reason, and of those who are there", async () => {
    await using client = await joined({ rejoin: true });
    const bob = bobOf(client);
    evict(client);
    await client.drop();
    assert.deepEqual(client.events, [
      "reconnecting",
      "participantDisconnected",
      "participantConnected",
      "reconnected",
      "recovery",
    ]);
    assert.deepEqual(client.argsOf("participantDisconnected"), [
      [bob, "nodeCrashed"],
    ]);
    assert.equal(bob.state, "disconnected");
    assert.deepEqual([...client.room.participants.keys()], ["s-eve"]);
  });

  it("RS3: says the name and the metadata that were set last", async () => {
    await using client = await joined({ rejoin: true, name: "Ann" });
    await client.room.localParticipant.update({ name: "A", metadata: 1 });
    evict(client);
    await client.drop();
    assert.deepEqual(client.service.of("join").at(-1), {
      token: "secret",
      name: "A",
      metadata: 1,
    });
  });
});

describe("a resume with a snapshot", () => {
  it("RS7: tells the difference as events", async () => {
    await using client = await joined();
    const bob = bobOf(client);
    client.service.answers.resume = (params) =>
      resumeResult(params, {
        seq: 900,
        snapshot: {
          participants: [
            participant("ann", { name: "Ann" }),
            participant("bob", { name: "Robert", mediaState: "connected" }),
            participant("eve"),
          ],
        },
      });
    await client.drop();
    assert.deepEqual(client.events, [
      "reconnecting",
      "participantUpdated",
      "mediaStateChanged",
      "participantConnected",
      "reconnected",
      "recovery",
    ]);
    assert.equal(bobOf(client), bob);
    assert.equal(bob.name, "Robert");
    assert.equal(client.room.localParticipant.name, "Ann");
  });
});
