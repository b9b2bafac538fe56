import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { World } from "./world.ts";

function three(policy: ConstructorParameters<typeof World>[0] = {}) {
  const world = new World(policy);
  const clients = ["ann", "bob", "eve"].map((name) => world.join(name));
  for (const client of clients) client.takeEvents();
  const [ann, bob, eve] = clients;
  assert.ok(ann && bob && eve);
  return { world, ann, bob, eve };
}

describe("a message", () => {
  it("to nobody in particular reaches all others", () => {
    const { ann, bob, eve } = three();
    const body = { text: "hello", deep: [1, null] };
    const from = ann.sessionId;
    ann.request("sendMessage", { topic: "chat", body });
    for (const client of [bob, eve]) {
      const { seq: _, ...message } = client.next("message");
      assert.deepEqual(message, { from, number: 2, topic: "chat", body });
    }
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("to some reaches each of them once, oneself included if named", () => {
    const { ann, bob, eve } = three();
    const to = [bob.sessionId, ann.sessionId, bob.sessionId];
    ann.request("sendMessage", { to, topic: "chat", body: 1 });
    assert.deepEqual(bob.takeEvents(), ["message"]);
    assert.deepEqual(ann.takeEvents(), ["message"]);
    assert.deepEqual(eve.takeEvents(), []);
  });

  it("to one who is not here reaches nobody, and the error names whom", () => {
    const { ann, bob, eve } = three();
    eve.close();
    bob.takeEvents();
    const to = [bob.sessionId, eve.sessionId];
    const error = ann.refused("sendMessage", { to, topic: "chat", body: 1 });
    assert.equal(error.code, errors.participantNotFound.code);
    assert.ok(error.message.includes(eve.sessionId));
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("above the limit, counted in bytes, is refused", () => {
    const { ann, bob } = three({ maxMessageBytes: 12 });
    ann.request("sendMessage", { topic: "t", body: "0123456789" });
    for (const body of ["01234567890", "öööööö"]) {
      const error = ann.refused("sendMessage", { topic: "t", body });
      assert.equal(error.code, errors.messageTooLarge.code);
    }
    assert.deepEqual(bob.takeEvents(), ["message"]);
  });

  it("needs a body", () => {
    const { ann } = three();
    const id = ann.nextId("sendMessage");
    const params = { topic: "t" };
    ann.sendFrame({ jsonrpc: "2.0", id, method: "sendMessage", params });
    assert.equal(ann.error(id).code, errors.invalidParams.code);
  });
});

describe("name and metadata", () => {
  it("are changed apart, and told whole to all others", () => {
    const { world, ann, bob } = three();
    ann.request("updateMetadata", { metadata: { hand: true } });
    ann.request("updateMetadata", { name: "Annie" });
    const first = bob.next("participantUpdated");
    assert.deepEqual([first.name, first.metadata], ["ann", { hand: true }]);
    const second = bob.next("participantUpdated");
    assert.deepEqual([second.name, second.metadata], ["Annie", { hand: true }]);
    assert.deepEqual(ann.takeEvents(), []);
    const [participant] = world.knock("new").result<"join">(1).participants;
    assert.equal(participant?.name, "Annie");
    assert.deepEqual(participant?.metadata, { hand: true });
  });

  it("above the limit are refused and stay as they were", () => {
    const { world, ann, bob } = three({ maxMetadataBytes: 6 });
    ann.request("updateMetadata", { metadata: "1234" });
    const error = ann.refused("updateMetadata", {
      name: "Annie",
      metadata: "12345",
    });
    assert.equal(error.code, errors.metadataTooLarge.code);
    assert.deepEqual(bob.takeEvents(), ["participantUpdated"]);
    const [participant] = world.knock("new").result<"join">(1).participants;
    assert.equal(participant?.name, "ann");
    assert.equal(participant?.metadata, "1234");
  });
});

describe("events", () => {
  it("are numbered in each session by themselves, without gaps", () => {
    const { ann, bob, eve } = three();
    assert.deepEqual([ann.seq, bob.seq, eve.seq], [2, 1, 0]);
    ann.request("sendMessage", { topic: "t", body: 1 });
    bob.request("sendMessage", { topic: "t", body: 2 });
    eve.request("sendMessage", {
      to: [ann.sessionId],
      topic: "t",
      body: 3,
    });
    assert.deepEqual([ann.seq, bob.seq, eve.seq], [4, 2, 2]);
  });
});
