import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { World } from "./world.ts";

describe("a session ends", () => {
  it("GR3: by leave: answered, told, closed, and left", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    ann.takeEvents();
    const id = bob.send("leave", {});
    assert.deepEqual(bob.result(id), {});
    assert.equal(bob.next("sessionEnded").reason, "left");
    assert.equal(bob.closed, "left");
    assert.equal(ann.next("participantDisconnected").reason, "left");
    const last = world.log.at(-1)?.effects.map((effect) => effect.type);
    assert.deepEqual(last, [
      "send",
      "announce",
      "send",
      "close",
      "send",
      "persist",
    ]);
  });

  it("HO2: which is kept soon, as somebody has gone; what is said is not", () => {
    const world = new World();
    world.join("ann");
    const bob = world.join("bob");
    const lastPersist = () => world.log.at(-1)?.effects.at(-1);
    bob.send("sendMessage", { topic: "t", body: "hello" });
    assert.deepEqual(lastPersist(), { type: "persist" });
    bob.send("leave", {});
    assert.deepEqual(lastPersist(), { type: "persist", soon: true });
  });

  it("GR3: when the client closes the connection, and hears nothing more", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    ann.takeEvents();
    bob.close();
    assert.equal(ann.next("participantDisconnected").reason, "left");
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("when an operator removes it", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    world.admin({ type: "removeParticipant", sessionId: bob.sessionId });
    world.admin({ type: "removeParticipant", sessionId: bob.sessionId });
    world.admin({ type: "removeParticipant", sessionId: "nobody" });
    assert.equal(bob.next("sessionEnded").reason, "removed");
    assert.equal(bob.closed, "removed");
    assert.deepEqual(ann.takeEvents(), [
      "participantConnected",
      "participantDisconnected",
    ]);
  });

  it("with what it published gone first, then itself, and its transports closed", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    const { producerId } = world.publish(bob);
    const dataProducerId = world.publishData(bob);
    const { consumerId } = world.subscribe(ann, producerId);
    const transportId = world.openTransport(ann, "recv");
    const params = { transportId, dataProducerId };
    const { dataConsumerId } = ann.request("consumeData", params);
    world.subscribe(bob, world.publish(ann).producerId);
    ann.takeEvents();

    bob.close();
    assert.equal(ann.next("consumerClosed").consumerId, consumerId);
    assert.equal(ann.next("producerRemoved").cause, "sessionEnded");
    assert.equal(ann.next("dataConsumerClosed").dataConsumerId, dataConsumerId);
    assert.equal(ann.next("dataProducerRemoved").cause, "sessionEnded");
    ann.next("participantDisconnected");
    assert.deepEqual(ann.takeEvents(), []);
    assert.equal(world.sfu.calls("closeTransport").length, 3);
    assert.equal(world.room.dump().owners.size, world.sfu.open.size);
  });

  it("exactly once, announced once, whatever comes after", () => {
    const world = new World();
    world.join("ann");
    const bob = world.join("bob");
    bob.request("leave", {});
    bob.sendText('{"jsonrpc":"2.0","id":9,"method":"leave","params":{}}');
    bob.close();
    world.admin({ type: "removeParticipant", sessionId: bob.sessionId });
    world.advance(10_000);
    const left = world.announcements.filter(({ type }) =>
      type === "participantLeft"
    );
    assert.deepEqual(left, [
      {
        type: "participantLeft",
        sessionId: bob.sessionId,
        identity: "bob",
        reason: "left",
        roundTripMs: null,
      },
    ]);
  });

  it("unannounced when it never came in", () => {
    const world = new World();
    world.answering = false;
    world.knock("ann").close({ clean: false });
    world.answerCalls();
    assert.deepEqual(world.announcements, [{ type: "roomStarted" }]);
  });
});

describe("a room ends", () => {
  it("when it has been empty for its time: router closed, announced", () => {
    const world = new World({ emptyRoomMs: 5_000 });
    world.join("ann").close();
    world.advance(4_999);
    assert.equal(world.ended, false);
    world.advance(1);
    assert.equal(world.ended, true);
    assert.equal(world.sfu.routers.size, 0);
    assert.deepEqual(world.announcements.at(-1), {
      type: "roomEnded",
      reason: "empty",
    });
    assert.equal(world.room.deadline, Infinity);
  });

  it("not while somebody is there, and with a new count after each", () => {
    const world = new World({ emptyRoomMs: 5_000 });
    for (const identity of ["ann", "bob"]) {
      const client = world.join(identity);
      world.advance(20_000);
      client.close();
      world.advance(4_999);
      assert.equal(world.ended, false);
    }
    world.advance(1);
    assert.equal(world.ended, true);
  });

  it("at the next tick where it may not be empty at all", () => {
    const world = new World({ emptyRoomMs: 0 });
    world.join("ann").close();
    world.tick();
    assert.equal(world.ended, true);
  });

  it("no later because the router that nobody waits for does not come", () => {
    const world = new World({ emptyRoomMs: 15_000 });
    world.answering = false;
    world.knock("ann").close();
    world.advance(14_999);
    assert.equal(world.ended, false);
    world.advance(1);
    assert.equal(world.ended, true);
  });

  it("when nobody ever came in, without a word of its end", () => {
    const world = new World();
    world.advance(30_000);
    assert.equal(world.ended, true);
    assert.deepEqual(world.announcements, []);
  });

  it("when it is closed: each hears of its own end only", () => {
    const world = new World();
    const clients = ["ann", "bob", "eve"].map((name) => world.join(name));
    for (const client of clients) client.takeEvents();
    world.admin({ type: "closeRoom", reason: "roomClosed" });
    for (const client of clients) {
      assert.equal(client.next("sessionEnded").reason, "roomClosed");
      assert.equal(client.closed, "roomClosed");
    }
    assert.equal(world.ended, true);
    assert.equal(world.sfu.routers.size, 0);
    assert.deepEqual(
      world.announcements.slice(-4).map(({ type }) => type),
      ["participantLeft", "participantLeft", "participantLeft", "roomEnded"],
    );
  });

  it("when the service stops, also for those who wait to come in", () => {
    const world = new World();
    world.answering = false;
    const ann = world.knock("ann");
    world.admin({ type: "closeRoom", reason: "serverShutdown" });
    assert.equal(ann.error(1).code, errors.busy.code);
    assert.equal(ann.closed, "goingAway");
    assert.equal(world.ended, true);
  });

  it("for good: nothing is done after it", () => {
    const world = new World();
    const ann = world.join("ann");
    world.admin({ type: "closeRoom", reason: "roomClosed" });
    const before = world.log.length;
    world.tick();
    ann.sendText("garbage");
    world.knock("bob");
    assert.deepEqual(
      world.log.slice(before).flatMap(({ effects }) => effects),
      [],
    );
  });
});
