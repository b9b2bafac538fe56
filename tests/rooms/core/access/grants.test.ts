import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, Grants } from "../../../../protocol/mod.ts";
import { Room } from "../../../../rooms/core/room.ts";
import type { Client } from "../client.ts";
import { channel, track } from "../media.ts";
import { isRefused, pair } from "../pair.ts";
import { stage } from "../stage.ts";
import { World } from "../world.ts";

const granting = (grants: Partial<Grants>) => ({
  claims: { grants: Grants.parse(grants) },
});

/** An operator changes the rights of a participant. */
function change(world: World, { sessionId }: Client, grants: Partial<Grants>) {
  const command = { type: "updateParticipant", sessionId, grants } as const;
  assert.deepEqual(world.order(command), { type: "done" });
}

describe("the rights of who joins", () => {
  it("AC1: are those of the token, and said in the answers to join and resume", () => {
    const world = new World();
    const grants = { publish: ["camera" as const], sendData: false };
    const ann = world.join("ann", granting(grants));
    const expected = Grants.parse(grants);
    assert.deepEqual(ann.result<"join">(1).grants, expected);
    assert.deepEqual(world.resumed(ann).grants, expected);
  });

  it("AC1: let nobody in without `join`", () => {
    const world = new World();
    const ann = world.knock("ann", granting({ join: false }));
    assert.equal(ann.error(1).code, errors.tokenGrantsInvalid.code);
    assert.equal(ann.closed, "joinRejected");
  });

  it("AC1: keep name and metadata to those of the token without `updateMetadata`", () => {
    const world = new World();
    const grants = Grants.parse({ updateMetadata: false });
    const ann = world.join("ann", {
      claims: { grants, name: "Ann", metadata: "token" },
      name: "Admin",
      metadata: "join",
    });
    const [participant] = ann.participants;
    assert.equal(participant?.name, "Ann");
    assert.equal(participant?.metadata, "token");
  });
});

describe("what a right is missing for", () => {
  it("AC2: is refused: publishing, by its source", () => {
    const world = new World();
    const ann = world.join("ann", granting({ publish: ["camera"] }));
    const transportId = world.openTransport(ann, "send");
    isRefused(ann, "forbidden", "produce", track(transportId));
    world.publish(ann, {
      transportId,
      key: "camera",
      kind: "video",
      source: "camera",
    });
    const screen = { key: "camera", source: "screen", replace: true } as const;
    isRefused(ann, "forbidden", "produce", track(transportId, screen));
  });

  it("AC2: is refused: publishing one kind as a source of the other", () => {
    const world = new World();
    const ann = world.join("ann", granting({ publish: ["microphone"] }));
    const transportId = world.openTransport(ann, "send");
    const video = track(transportId, { kind: "video" });
    isRefused(ann, "forbidden", "produce", video);
    world.publish(ann, { transportId });
    const bob = world.join("bob");
    world.publish(bob, { kind: "video", source: "microphone" });
    change(world, bob, { publish: ["microphone"] });
    bob.next("grantsChanged");
    assert.equal(bob.next("producerRemoved").cause, "revoked");
  });

  it("AC2: is refused: publishing anything", () => {
    const world = new World();
    const ann = world.join("ann", granting({ publish: false }));
    const transportId = world.openTransport(ann, "send");
    isRefused(ann, "forbidden", "produce", track(transportId));
    ann.request("produceData", channel(transportId));
  });

  it("AC2: is refused: messages and data channels", () => {
    const world = new World();
    const ann = world.join("ann", granting({ sendData: false }));
    const bob = world.join("bob");
    isRefused(ann, "forbidden", "sendMessage", { topic: "t", body: 1 });
    const transportId = world.openTransport(ann, "send");
    isRefused(ann, "forbidden", "produceData", channel(transportId));
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("AC2: is refused: the tracks and channels of others", () => {
    const { world, producerId, dataProducerId } = stage();
    const eve = world.join("eve", granting({ subscribe: false }));
    const transportId = world.openTransport(eve, "recv");
    const media = { transportId, producerId };
    isRefused(eve, "forbidden", "consume", media);
    const data = { transportId, dataProducerId };
    isRefused(eve, "forbidden", "consumeData", data);
  });

  it("AC2: is refused: another name", () => {
    const world = new World();
    const ann = world.join("ann", granting({ updateMetadata: false }));
    isRefused(ann, "forbidden", "updateMetadata", { name: "Admin" });
  });

  it("AC2: is closed again where the media server has made it meanwhile", () => {
    const { world, ann, bob, send, recv, producerId, dataProducerId } = stage();
    const before = world.sfu.inventory;
    world.answering = false;
    const asked = [
      ann.send("produce", track(send, { key: "second" })),
      ann.send("produceData", channel(send, { key: "third" })),
    ];
    const received = [
      bob.send("consume", { transportId: recv, producerId }),
      bob.send("consumeData", { transportId: recv, dataProducerId }),
    ];
    change(world, ann, { publish: [], sendData: false });
    change(world, bob, { subscribe: false });
    world.answerCalls();
    world.answering = true;
    world.advance(100);
    for (const id of asked) {
      assert.equal(ann.error(id).code, errors.forbidden.code);
    }
    for (const id of received) {
      assert.equal(bob.error(id).code, errors.forbidden.code);
    }
    const left = world.sfu.inventory;
    assert.ok(left.every((id) => before.includes(id)));
  });
});

describe("rights that change while their owner is in the room", () => {
  it("AC3: close the producers of the sources that are lost, with their consumers", () => {
    const { world, ann, bob, send, producerId, consumerId } = stage();
    const camera = world.publish(ann, {
      transportId: send,
      key: "camera",
      kind: "video",
      source: "camera",
    });
    bob.takeEvents();
    change(world, ann, { publish: ["camera"] });
    const { grants } = ann.next("grantsChanged");
    assert.deepEqual(grants.publish, ["camera"]);
    const told = ann.next("producerRemoved");
    assert.deepEqual([told.producerId, told.cause], [producerId, "revoked"]);
    assert.equal(bob.next("consumerClosed").consumerId, consumerId);
    assert.equal(bob.next("producerRemoved").cause, "revoked");
    assert.ok(!world.sfu.open.has(producerId));
    assert.ok(world.sfu.open.has(camera.producerId));
    isRefused(ann, "forbidden", "produce", track(send));
  });

  it("AC3: close data producers, and what is received", () => {
    const { world, ann, bob, recv, dataProducerId, consumerId } = stage();
    bob.request("consumeData", { transportId: recv, dataProducerId });
    change(world, ann, { sendData: false });
    ann.next("grantsChanged");
    assert.equal(ann.next("dataProducerRemoved").cause, "revoked");
    assert.deepEqual(bob.takeEvents(), [
      "dataConsumerClosed",
      "dataProducerRemoved",
    ]);
    change(world, bob, { subscribe: false });
    bob.next("grantsChanged");
    const closed = bob.next("consumerClosed");
    assert.deepEqual([closed.consumerId, closed.cause], [
      consumerId,
      "revoked",
    ]);
    assert.ok(!world.sfu.open.has(consumerId));
  });

  it("AC3: give what they give at once", () => {
    const world = new World();
    const ann = world.join("ann", granting({ publish: false }));
    change(world, ann, { publish: true });
    world.publish(ann);
  });

  it("AC3: are told once, and only where they are others", () => {
    const { world, ann } = pair();
    change(world, ann, { publish: true, subscribe: true });
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("AC3: remove who may not be here any more", () => {
    const { world, ann, bob } = pair();
    change(world, bob, { join: false });
    assert.deepEqual(bob.takeEvents(), ["grantsChanged", "sessionEnded"]);
    assert.equal(bob.closed, "removed");
    assert.equal(ann.next("participantDisconnected").reason, "removed");
  });

  it("AC3: reach who is away with the resume", () => {
    const { world, ann, bob, producerId } = stage();
    ann.drop();
    change(world, ann, { publish: false });
    assert.ok(!world.sfu.open.has(producerId));
    bob.takeEvents();
    const { grants, open } = world.resumed(ann);
    assert.equal(grants.publish, false);
    assert.ok(!open.includes(producerId));
    assert.deepEqual(ann.takeEvents(), ["grantsChanged", "producerRemoved"]);
  });

  it("AC3: hold in a room that is stored and taken up again", () => {
    const { world, ann } = pair();
    change(world, ann, { sendData: false });
    world.room = Room.restore(world.room.dump());
    isRefused(ann, "forbidden", "sendMessage", { topic: "t", body: 1 });
  });
});

describe("what an operator has changed of a participant's rights", () => {
  it("AC4: stands against what later tokens say", () => {
    const { world, ann } = pair();
    change(world, ann, { publish: false });
    const id = ann.send("refreshToken", { token: "t" });
    const grants = Grants.parse({ sendData: false });
    const claims = { identity: "ann", grants, expiresAt: 9e15 };
    world.verify({ ok: true, claims });
    const { grants: now } = ann.result<"refreshToken">(id);
    assert.equal(now.publish, false);
    assert.equal(now.sendData, false);
    const later = { ...claims, expiresAt: 9e15 + 1 };
    const token = { ok: true, claims: later } as const;
    assert.equal(world.resumed(ann, { token }).grants.publish, false);
  });

  it("AC4: is not known to another session", () => {
    const { world, ann } = pair();
    change(world, ann, { publish: false });
    const again = world.join("ann");
    assert.equal(again.result<"join">(1).grants.publish, true);
  });
});
