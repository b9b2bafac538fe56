import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, Grants } from "../../../protocol/mod.ts";
import { rtpCapabilities } from "./media.ts";
import { World } from "./world.ts";

const identities = (participants: readonly { identity: string }[]) =>
  participants.map(({ identity }) => identity);

describe("join", () => {
  it("is answered with all there is to know of the room", () => {
    const world = new World({ maxParticipants: 5 });
    const ann = world.join("ann");
    const { producerId } = world.publish(ann, { appData: { hd: true } });
    const dataProducerId = world.publishData(ann);

    const bob = world.knock("bob", {
      claims: { name: "Bob", metadata: { from: "token" } },
    });
    const { policy, ...result } = bob.result<"join">(1);
    assert.equal(policy.maxParticipants, 5);
    assert.deepEqual(result, {
      epoch: 7,
      sessionId: bob.sessionId,
      secret: bob.secret,
      identity: "bob",
      grants: Grants.parse({}),
      tokenExpiresAt: 9e15,
      seq: 0,
      iceServers: [{ urls: ["stun:192.0.2.1"] }],
      routerRtpCapabilities: rtpCapabilities,
      participants: [
        {
          sessionId: ann.sessionId,
          identity: "ann",
          name: "ann",
          state: "connected",
          mediaState: "new",
          producers: [{
            producerId,
            key: "microphone",
            kind: "audio",
            source: "microphone",
            paused: false,
            type: "simple",
            appData: { hd: true },
          }],
          dataProducers: [
            { dataProducerId, key: "chat", label: "chat", protocol: "" },
          ],
        },
        {
          sessionId: bob.sessionId,
          identity: "bob",
          name: "Bob",
          metadata: { from: "token" },
          state: "connected",
          mediaState: "new",
          producers: [],
          dataProducers: [],
        },
      ],
    });
  });

  it("takes name and metadata of the request before those of the token", () => {
    const world = new World();
    const ann = world.knock("ann", {
      claims: { name: "Ann", metadata: 1 },
      name: "Annie",
      metadata: null,
    });
    const [participant] = ann.result<"join">(1).participants;
    assert.equal(participant?.name, "Annie");
    assert.equal(participant?.metadata, null);
  });

  it("is told to those who are there, and not to the one who joins", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    const { participant } = ann.next("participantConnected");
    assert.equal(participant.sessionId, bob.sessionId);
    assert.deepEqual(bob.takeEvents(), []);
    const [first, ...joins] = world.announcements;
    assert.deepEqual(first, { type: "roomStarted" });
    const type = "participantJoined";
    const { sessionId } = bob;
    assert.deepEqual(joins, [
      { type, sessionId: ann.sessionId, identity: "ann", name: "ann" },
      { type, sessionId, identity: "bob", name: "bob" },
    ]);
  });

  it("is refused beyond maxParticipants, and the connection closed", () => {
    const world = new World({ maxParticipants: 1 });
    world.join("ann");
    const bob = world.knock("bob");
    assert.equal(bob.error(1).code, errors.roomFull.code);
    assert.equal(bob.closed, "joinRejected");
  });

  it("is refused with metadata above the limit, counted in bytes", () => {
    const world = new World({ maxMetadataBytes: 10 });
    assert.equal(world.join("ann", { metadata: "12345678" }).closed, null);
    const bob = world.knock("bob", { metadata: "ä".repeat(5) });
    assert.equal(bob.error(1).code, errors.metadataTooLarge.code);
    assert.equal(bob.closed, "joinRejected");
  });

  it("is refused on a connection that has joined", () => {
    const world = new World();
    const ann = world.join("ann");
    const error = ann.refused("join", { token: "again" });
    assert.equal(error.code, errors.alreadyJoined.code);
    assert.equal(ann.closed, null);
  });
});

describe("a second join with the same identity", () => {
  it("RS9: replaces the first session by default", () => {
    const world = new World({ maxParticipants: 2 });
    const bob = world.join("bob");
    const first = world.join("ann");
    world.publish(first);
    bob.takeEvents();

    const second = world.knock("ann");
    const { participants } = second.result<"join">(1);
    assert.deepEqual(identities(participants), ["bob", "ann"]);
    assert.equal(first.next("sessionEnded").reason, "duplicateIdentity");
    assert.equal(first.closed, "duplicateIdentity");
    assert.equal(bob.next("producerRemoved").cause, "sessionEnded");
    const left = bob.next("participantDisconnected");
    assert.equal(left.sessionId, first.sessionId);
    assert.equal(left.reason, "duplicateIdentity");
    const { participant } = bob.next("participantConnected");
    assert.equal(participant.sessionId, second.sessionId);
  });

  it("RS9: is refused where the policy rejects it", () => {
    const world = new World({ duplicateIdentity: "reject" });
    const first = world.join("ann");
    const second = world.knock("ann");
    assert.equal(second.error(1).code, errors.duplicateIdentity.code);
    assert.equal(second.closed, "joinRejected");
    assert.equal(first.closed, null);
    assert.deepEqual(first.takeEvents(), []);
  });

  it("RS9: lets both be where the policy allows it", () => {
    const world = new World({ duplicateIdentity: "allow" });
    const first = world.join("ann");
    const second = world.join("ann");
    assert.deepEqual(first.takeEvents(), ["participantConnected"]);
    assert.equal(first.closed, null);
    assert.equal(second.closed, null);
  });

  it("RS9: replaces one that still waits to come in", () => {
    const world = new World();
    world.answering = false;
    const first = world.knock("ann");
    const second = world.knock("ann");
    assert.equal(first.error(1).code, errors.duplicateIdentity.code);
    assert.equal(first.closed, "duplicateIdentity");
    world.answerCalls();
    const { participants } = second.result<"join">(1);
    assert.deepEqual(identities(participants), ["ann"]);
  });
});
