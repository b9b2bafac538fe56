import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { AdminCommand } from "../../../../rooms/core/admin/command.ts";
import {
  RoomDescription,
  RoomSummary,
} from "../../../../rooms/core/admin/description.ts";
import { stage } from "../stage.ts";
import { World } from "../world.ts";

function described(world: World): RoomDescription {
  const outcome = world.order({ type: "describe" });
  assert.equal(outcome.type, "room");
  if (outcome.type !== "room") assert.fail();
  assert.deepEqual(RoomDescription.strict().parse(outcome.room), outcome.room);
  return outcome.room;
}

describe("the description of a room", () => {
  it("OP1: tells of an empty one that nobody is here", () => {
    const world = new World();
    const room = described(world);
    assert.equal(room.name, "room");
    assert.equal(room.createdAt, world.now);
    assert.deepEqual(room.router, { state: "none" });
    assert.deepEqual(room.participants, []);
    assert.deepEqual(room.bans, []);
  });

  it("OP1: tells of each participant how it stands and what it has", () => {
    const { world, ann, bob, send, recv, ...ids } = stage();
    world.connectTransport(ann, send);
    bob.drop();
    world.advance(500);
    const { participants, router } = described(world);
    assert.equal(router.state, "ready");
    const [first, second] = participants;
    assert.equal(first?.identity, "ann");
    assert.equal(first?.state, "connected");
    assert.equal(first?.grants.publish, true);
    assert.equal(first?.tokenExpiresAt, 9e15);
    assert.equal(first?.mediaState, "completed");
    assert.deepEqual(
      first?.transports.map(({ direction, ice, dtls }) =>
        [direction, ice, dtls].join(" ")
      ),
      ["send completed connected", "send new new"],
    );
    const [producer] = first?.producers ?? [];
    assert.equal(producer?.producerId, ids.producerId);
    assert.equal(producer?.transportId, send);
    assert.equal(producer?.mutedByServer, false);
    assert.deepEqual(
      first?.dataProducers.map(({ dataProducerId }) => dataProducerId),
      [ids.dataProducerId],
    );
    assert.equal(second?.state, "reconnecting");
    assert.equal(second?.graceUntil, world.now - 500 + 12_000);
    assert.deepEqual(second?.consumers, [{
      consumerId: ids.consumerId,
      producerId: ids.producerId,
      transportId: recv,
    }]);
    assert.equal(second?.log.events, 4);
  });

  it("OP1: tells no secret", () => {
    const { world, ann } = stage();
    const text = JSON.stringify(described(world));
    assert.ok(!text.includes(ann.secret));
    assert.ok(!text.includes("hhhh"), "a hash of a secret");
  });

  it("OP1: has a summary that counts", () => {
    const { world, bob } = stage();
    bob.drop();
    const outcome = world.order({ type: "summarize" });
    assert.ok(outcome.type === "summary");
    const { room } = outcome;
    assert.deepEqual(RoomSummary.strict().parse(room), room);
    assert.equal(room.participants, 2);
    assert.equal(room.reconnecting, 1);
    assert.equal(room.producers, 1);
    assert.equal(room.consumers, 1);
  });
});

describe("a command", () => {
  it("OP1: is answered before the room ends by it", () => {
    const world = new World();
    const command = { type: "closeRoom", reason: "roomClosed" } as const;
    assert.deepEqual(world.order(command), { type: "done" });
    assert.ok(world.ended);
  });

  it("OP1: that names nobody who is here is refused", () => {
    const world = new World();
    const sessionId = "nobody";
    const commands: AdminCommand[] = [
      { type: "removeParticipant", sessionId },
      { type: "updateParticipant", sessionId },
      { type: "moveParticipant", sessionId, room: "lounge", token: "t" },
      { type: "setMuted", sessionId, key: "microphone", muted: true },
      { type: "sendMessage", to: [sessionId], topic: "t", body: 1 },
    ];
    for (const command of commands) {
      const outcome = world.order(command);
      assert.ok(outcome.type === "refused");
      assert.equal(outcome.reason, "noSuchParticipant");
    }
  });
});
