import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { Room } from "../../../rooms/core/room.ts";
import { claimsOf } from "../fakes/claims.ts";
import { pair } from "./pair.ts";

describe("a resume within the grace", () => {
  it("RS1: keeps the session, and touches no transport", () => {
    const { world, ann, bob } = pair();
    const { transportId, producerId } = world.publish(bob);
    world.connectTransport(bob, transportId);
    const before = world.sfu.inventory;
    bob.drop();
    world.advance(5_000);
    const { transports, open, epoch } = world.resumed(bob);
    assert.deepEqual(transports, [{ transportId, advice: "alive" }]);
    assert.deepEqual(open, [producerId]);
    assert.equal(epoch, 7);
    assert.deepEqual(world.sfu.inventory, before);
    assert.deepEqual(ann.takeEvents().slice(-2), [
      "participantReconnecting",
      "participantReconnected",
    ]);
  });

  it("RS1: is followed by what was missed, in order, each once", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    for (const body of [1, 2, 3]) {
      ann.request("sendMessage", { topic: "t", body });
    }
    const { seq, snapshot } = world.resumed(bob);
    assert.equal(seq, 0);
    assert.equal(snapshot, undefined);
    const bodies = [1, 2, 3].map(() => bob.next("message").body);
    assert.deepEqual(bodies, [1, 2, 3]);
    world.advance(5_000);
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("RS1: is told to the others once, and announced", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    world.resumed(bob);
    ann.next("participantReconnecting");
    const { sessionId } = ann.next("participantReconnected");
    assert.equal(sessionId, bob.sessionId);
    assert.deepEqual(ann.takeEvents(), []);
    assert.deepEqual(bob.takeEvents(), []);
    const { participants } = world.knock("eve").result<"join">(1);
    assert.deepEqual(participants.map(({ state }) => state), [
      "connected",
      "connected",
      "connected",
    ]);
    const types = world.announcements.map(({ type }) => type);
    assert.ok(types.includes("participantReconnected"));
  });

  it("RS1: starts the heartbeat again", () => {
    const { world, bob } = pair();
    bob.drop();
    world.advance(11_999);
    world.resumed(bob);
    world.advance(20_000);
    assert.equal(bob.closed, null);
    bob.alive = false;
    world.advance(4_999);
    assert.equal(bob.closed, "timeout");
  });

  it("RS1: is possible again and again", () => {
    const { world, ann, bob } = pair();
    for (let round = 0; round < 50; round++) {
      bob.drop();
      world.advance(round * 200);
      ann.request("sendMessage", { topic: "t", body: round });
      world.resumed(bob);
      assert.equal(bob.next("message").body, round);
    }
    assert.equal(world.room.dump().connections.size, 2);
    assert.ok(world.room.dump().agenda.length < 20);
  });

  it("RS1: survives the room's being stored and taken up again in between", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    ann.request("sendMessage", { topic: "t", body: "kept" });
    world.room = Room.restore(world.room.dump());
    world.resumed(bob);
    assert.equal(bob.next("message").body, "kept");
  });
});

describe("a resume while the old connection looks alive", () => {
  it("RS2: replaces it, and the others are told nothing", () => {
    const { world, ann, bob } = pair();
    const [old = ""] = bob.connections.keys();
    world.resumed(bob);
    assert.equal(bob.connections.get(old), "resumed");
    assert.equal(bob.closed, null);
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("RS2: makes nobody's word of what the old one says later", () => {
    const { world, ann, bob } = pair();
    const [old = ""] = bob.connections.keys();
    world.resumed(bob);
    const leave = '{"jsonrpc":"2.0","id":50,"method":"leave","params":{}}';
    world.input({ type: "received", connection: old, text: leave });
    world.input({ type: "closed", connection: old, clean: true });
    assert.equal(bob.closed, null);
    assert.deepEqual(ann.takeEvents(), []);
    ann.request("sendMessage", { topic: "t", body: 1 });
    assert.deepEqual(bob.takeEvents(), ["message"]);
  });

  it("RS2: is void when a later one came first", () => {
    const { world, bob } = pair();
    const { secret } = bob;
    world.resumed(bob, { attempt: 2 });
    const present = bob.connection;
    for (const attempt of [1, 2]) {
      const { code } = world.notResumed(bob, { attempt, secret });
      assert.equal(code, errors.cancelled.code);
      assert.equal(bob.closed, "joinRejected");
    }
    assert.equal(bob.connections.get(present), null);
    world.resumed(bob, { attempt: 3 });
    assert.equal(bob.connections.get(present), "resumed");
  });
});

describe("a resume that comes too late", () => {
  it("RS3: is refused for good, with the reason", () => {
    const { world, bob } = pair();
    bob.drop();
    world.advance(12_000);
    const { code, data } = world.notResumed(bob);
    assert.equal(code, errors.signalingTimeout.code);
    assert.equal(data.fatal, true);
    assert.equal(data.reason, "networkDisconnect");
    assert.equal(bob.closed, "joinRejected");
  });

  it("RS3: is told that the room was lost where nobody knows the session", () => {
    const { world, bob } = pair();
    const { code, data } = world.notResumed(bob, {
      sessionId: "of-another-process",
      reasonIfUnknown: "nodeCrashed",
    });
    assert.equal(code, errors.signalingTimeout.code);
    assert.equal(data.reason, "nodeCrashed");
  });

  for (
    const [reason, end] of [
      ["removed", "removal"],
      ["duplicateIdentity", "another join"],
      ["left", "a beacon"],
    ] as const
  ) {
    it(`RS3: is told of ${reason} after ${end}`, () => {
      const { world, bob } = pair();
      bob.drop();
      const { sessionId } = bob;
      if (reason === "removed") {
        world.admin({ type: "removeParticipant", sessionId });
      }
      if (reason === "duplicateIdentity") world.join("bob");
      if (reason === "left") world.beacon(bob, bob.secret);
      const { code, data } = world.notResumed(bob);
      assert.equal(code, errors.signalingTimeout.code);
      assert.equal(data.reason, reason);
    });
  }

  it("RS3: is told why it ended while the resume waited", () => {
    const { world, bob } = pair();
    const transportId = world.openTransport(bob, "send");
    world.connectTransport(bob, transportId);
    bob.drop();
    world.advance(8_000);
    world.answering = false;
    const id = world.resume(bob);
    assert.equal(bob.hasAnswer(id), false);
    world.admin({ type: "removeParticipant", sessionId: bob.sessionId });
    const { code, data } = bob.error(id);
    assert.equal(code, errors.signalingTimeout.code);
    assert.equal(data.reason, "removed");
    assert.equal(bob.closed, "removed");
  });

  it("RS3: is accepted as long as the eviction has not happened", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    world.advance(11_900);
    world.now += 150;
    world.resumed(bob);
    world.tick();
    assert.deepEqual(ann.takeEvents(), [
      "participantReconnecting",
      "participantReconnected",
    ]);
  });
});

describe("the access token in a resume", () => {
  const expired = { ok: false, error: "tokenExpired" } as const;
  const valid = (identity: string) =>
    ({ ok: true, claims: claimsOf(identity) }) as const;

  it("RS8: does not matter, be it expired or missing", () => {
    const { world, bob } = pair();
    world.resumed(bob, { token: expired });
    world.resumed(bob);
  });

  it("RS8: must hold where the policy requires it, and be the participant's own", () => {
    const { world, ann, bob } = pair({ requireTokenOnResume: true });
    bob.drop();
    const refused = [
      [expired, errors.tokenExpired],
      [undefined, errors.tokenInvalid],
      [valid("ann"), errors.tokenInvalid],
    ] as const;
    for (const [token, error] of refused) {
      const { code } = world.notResumed(bob, token ? { token } : {});
      assert.equal(code, error.code);
    }
    assert.deepEqual(ann.takeEvents(), ["participantReconnecting"]);
    world.resumed(bob, { token: valid("bob") });
  });

  it("RS8: does not bring back who was removed", () => {
    const { world, bob } = pair();
    bob.drop();
    world.admin({ type: "removeParticipant", sessionId: bob.sessionId });
    const { data } = world.notResumed(bob, { token: valid("bob") });
    assert.equal(data.reason, "removed");
  });
});

describe("a second join while the first session is lost", () => {
  it("RS9: replaces it at once, so that no ghost is left", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    ann.takeEvents();
    const again = world.join("bob");
    const { reason, sessionId } = ann.next("participantDisconnected");
    assert.equal(reason, "duplicateIdentity");
    assert.equal(sessionId, bob.sessionId);
    ann.next("participantConnected");
    assert.equal(again.participants.length, 2);
  });

  it("RS9: is refused where the policy rejects it: the place is held", () => {
    const { world, bob } = pair({ duplicateIdentity: "reject" });
    bob.drop();
    const second = world.knock("bob");
    assert.equal(second.error(1).code, errors.duplicateIdentity.code);
    world.resumed(bob);
  });
});
