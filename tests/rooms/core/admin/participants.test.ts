import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { pair } from "../pair.ts";

describe("a participant that an operator changes", () => {
  it("OP5: is another to all, itself included", () => {
    const { world, ann, bob } = pair();
    const { sessionId } = bob;
    const command = { type: "updateParticipant", sessionId } as const;
    world.admin({ ...command, name: "Guest", metadata: { seat: 4 } });
    for (const client of [ann, bob]) {
      const { name, metadata } = client.next("participantUpdated");
      assert.deepEqual([name, metadata], ["Guest", { seat: 4 }]);
    }
    world.admin({ ...command, name: "Bob" });
    const { name, metadata } = ann.next("participantUpdated");
    assert.deepEqual([name, metadata], ["Bob", { seat: 4 }]);
    const announced = world.announcements.at(-1);
    assert.ok(announced?.type === "participantUpdated");
    assert.equal(announced.name, "Bob");
  });

  it("OP5: keeps what it has when that would be too much", () => {
    const { world, ann, bob } = pair({ maxMetadataBytes: 10 });
    const { sessionId } = bob;
    const metadata = "m".repeat(10);
    const outcome = world.order({
      type: "updateParticipant",
      sessionId,
      metadata,
      grants: { publish: false },
    });
    assert.ok(outcome.type === "refused");
    assert.equal(outcome.reason, "metadataTooLarge");
    assert.deepEqual([ann.takeEvents(), bob.takeEvents()], [[], []]);
  });
});

describe("a participant that an operator moves", () => {
  const lounge = { room: "lounge", token: "token" };

  it("OP6: is told where to go, and goes by itself", () => {
    const { world, ann, bob } = pair();
    const { sessionId } = bob;
    world.admin({ type: "moveParticipant", sessionId, ...lounge });
    const { room, token } = bob.next("moved");
    assert.deepEqual({ room, token }, lounge);
    assert.deepEqual(ann.takeEvents(), []);
    bob.request("leave", {});
    assert.equal(ann.next("participantDisconnected").reason, "left");
  });

  it("OP6: is told so with its resume, if it is away", () => {
    const { world, bob } = pair();
    const { sessionId } = bob;
    bob.drop();
    world.admin({ type: "moveParticipant", sessionId, ...lounge });
    world.resumed(bob);
    bob.next("moved");
  });

  it("OP6: is removed when it does not go", () => {
    const { world, ann, bob } = pair();
    const { sessionId } = bob;
    world.admin({ type: "moveParticipant", sessionId, ...lounge });
    world.advance(29_999);
    assert.equal(bob.closed, null);
    world.advance(1);
    assert.equal(bob.closed, "removed");
    assert.equal(ann.next("participantDisconnected").reason, "removed");
  });

  it("OP6: is to go to another room than this", () => {
    const { world, bob } = pair();
    const { sessionId } = bob;
    const here = { room: "room", token: "t" };
    const command = { type: "moveParticipant", sessionId, ...here } as const;
    assert.equal(world.order(command).type, "refused");
    assert.deepEqual(bob.takeEvents(), []);
  });
});

describe("a message from the service", () => {
  it("OP7: comes from nobody, to everybody or to those it names", () => {
    const { world, ann, bob } = pair();
    const say = {
      type: "sendMessage",
      topic: "notice",
      body: "hello",
    } as const;
    world.admin(say);
    world.admin({ ...say, to: [bob.sessionId, bob.sessionId] });
    assert.equal(ann.next("message").from, null);
    assert.deepEqual(ann.takeEvents(), []);
    assert.deepEqual(bob.takeEvents(), ["message", "message"]);
  });

  it("OP7: reaches all that it names, or nobody", () => {
    const { world, ann } = pair({ maxMessageBytes: 10 });
    const { sessionId } = ann;
    const say = {
      type: "sendMessage",
      topic: "notice",
      body: "hello",
    } as const;
    const unknown = world.order({ ...say, to: [sessionId, "nobody"] });
    assert.ok(unknown.type === "refused");
    const long = world.order({ ...say, body: "b".repeat(10) });
    assert.ok(long.type === "refused");
    assert.equal(long.reason, "messageTooLarge");
    assert.deepEqual(ann.takeEvents(), []);
  });
});
