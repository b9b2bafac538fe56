import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { JoinedSession } from "../../../rooms/core/session.ts";
import type { Client } from "./client.ts";
import { pair } from "./pair.ts";
import { World } from "./world.ts";

function sessionOf(world: World, client: Client): JoinedSession {
  const session = world.room.dump().sessions.get(client.sessionId);
  assert.ok(session?.state === "joined");
  return session;
}

function say(client: Client, ...bodies: unknown[]): void {
  for (const body of bodies) {
    client.request("sendMessage", { topic: "t", body });
  }
}

const heard = (client: Client) =>
  client.events.map(({ params }) => (params as { body: unknown }).body);

describe("events that are not acknowledged", () => {
  it("RS7: are kept also while the connection looks alive", () => {
    const { world, ann, bob } = pair();
    say(ann, 1, 2);
    assert.deepEqual(heard(bob), [1, 2]);
    // The client has not seen them: the connection was dead already.
    bob.events = [];
    const { seq } = world.resumed(bob, { ack: 0 });
    assert.equal(seq, 0);
    assert.deepEqual(heard(bob), [1, 2]);
  });

  it("RS7: begin where the client says that it is, be it later than its last pong", () => {
    const { world, ann, bob } = pair();
    say(ann, 1, 2, 3);
    bob.events = [];
    bob.drop();
    world.resumed(bob, { ack: 2 });
    assert.deepEqual(heard(bob), [3]);
    assert.equal(sessionOf(world, bob).log?.bodies.length, 1);
  });

  it("RS7: are kept up to maxLogEvents", () => {
    const { world, ann, bob } = pair({ maxLogEvents: 3 });
    bob.drop();
    say(ann, 1, 2, 3);
    world.resumed(bob);
    assert.deepEqual(heard(bob), [1, 2, 3]);
    bob.drop();
    bob.events = [];
    say(ann, 4, 5, 6, 7);
    const { snapshot, seq } = world.resumed(bob);
    assert.equal(seq, 7);
    assert.equal(snapshot?.participants.length, 2);
    assert.deepEqual(bob.events, []);
  });

  it("RS7: are kept up to maxLogBytes, counted in bytes of UTF-8", () => {
    const { world, ann, bob } = pair({ maxLogBytes: 1_024 });
    bob.drop();
    say(ann, "ä".repeat(200), "ä".repeat(200));
    assert.equal(sessionOf(world, bob).log?.bodies.length, 2);
    say(ann, "ä".repeat(200));
    const { bodies = [], bytes } = sessionOf(world, bob).log ?? {};
    assert.equal(bodies.length, 2);
    assert.equal(bytes, 2 * (bodies[0]?.bytes ?? 0));
    assert.ok(world.resumed(bob).snapshot);
  });

  it("RS7: are written once for all who get them", () => {
    const world = new World();
    const clients = ["ann", "bob", "eve"].map((name) => world.join(name));
    const [ann] = clients;
    assert.ok(ann);
    say(ann, "shared");
    const { sessions } = world.room.dump();
    const bodies = [...sessions.values()].map((session) =>
      session.state === "joined" ? session.log?.bodies.at(-1) : undefined
    );
    assert.ok(bodies[1]);
    assert.equal(bodies[1], bodies[2]);
  });

  it("RS7: take no memory in a session that has none", () => {
    const { world, bob } = pair();
    const { log, requests, media, incident } = sessionOf(world, bob);
    assert.deepEqual([log, requests, media, incident], [
      null,
      null,
      null,
      null,
    ]);
  });
});

describe("a snapshot", () => {
  it("RS7: takes the place of events where an acknowledgement is none of this session's", () => {
    const { world, ann, bob } = pair();
    say(ann, 1);
    bob.drop();
    const { seq, snapshot } = world.resumed(bob, { ack: 99 });
    assert.equal(seq, 1);
    assert.ok(snapshot);
  });

  it("RS7: has all that is true now, and events go on from its number", () => {
    const { world, ann, bob } = pair({ maxLogEvents: 1 });
    bob.drop();
    const eve = world.join("eve");
    const { producerId } = world.publish(eve);
    ann.drop();
    const { snapshot, seq } = world.resumed(bob);
    assert.deepEqual(
      snapshot?.participants.map(({ identity, state, producers }) => [
        identity,
        state,
        producers[0]?.producerId,
      ]),
      [
        ["ann", "reconnecting", undefined],
        ["bob", "connected", undefined],
        ["eve", "connected", producerId],
      ],
    );
    world.resumed(ann);
    assert.equal(bob.next("participantReconnected").seq, seq + 1);
  });

  it("RS7: says by `open` and `transports` what of one's own is left", () => {
    const { world, ann, bob } = pair({ maxLogEvents: 1 });
    const { producerId, transportId: send } = world.publish(ann);
    const gone = world.publish(ann, { transportId: send, key: "second" });
    const { consumerId, transportId } = world.subscribe(bob, producerId);
    const other = world.subscribe(bob, gone.producerId, transportId);
    bob.drop();
    ann.request("closeProducer", { producerId: gone.producerId });
    const { open, transports } = world.resumed(bob);
    assert.deepEqual(open, [consumerId]);
    assert.ok(!open.includes(other.consumerId));
    assert.deepEqual(transports.map((one) => one.transportId), [transportId]);
  });
});
