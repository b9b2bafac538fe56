import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, Policy } from "../../../../protocol/mod.ts";
import { Room } from "../../../../rooms/core/room.ts";
import { pair } from "../pair.ts";
import { World } from "../world.ts";

const BANNED = errors.participantRemoved.code;

describe("a participant that an operator removes", () => {
  it("OP2: ends with `removed`, does not resume, and may join again", () => {
    const { world, ann, bob } = pair();
    const { sessionId } = bob;
    world.admin({ type: "removeParticipant", sessionId });
    assert.equal(bob.next("sessionEnded").reason, "removed");
    assert.equal(bob.closed, "removed");
    assert.equal(ann.next("participantDisconnected").reason, "removed");
    assert.equal(world.notResumed(bob).data.reason, "removed");
    world.join("bob");
  });

  it("OP2: does not come in again before the end of its ban", () => {
    const { world, bob } = pair();
    const { sessionId } = bob;
    world.admin({ type: "removeParticipant", sessionId, banMs: 5_000 });
    world.advance(4_999);
    const again = world.knock("bob");
    assert.equal(again.error(1).code, BANNED);
    assert.equal(again.closed, "joinRejected");
    assert.equal(world.notResumed(bob).data.reason, "removed");
    world.advance(1);
    world.join("bob");
  });
});

describe("an identity that is banned", () => {
  it("OP2: leaves with all its sessions, those that are away or wait included", () => {
    const world = new World({ duplicateIdentity: "allow" });
    world.join("ann");
    const here = world.join("bob");
    const away = world.join("bob");
    away.drop();
    const resuming = world.join("bob");
    world.connectTransport(resuming, world.openTransport(resuming, "send"));
    resuming.drop();
    world.advance(8_000);
    world.answering = false;
    const id = world.resume(resuming);
    world.admin({ type: "ban", identity: "bob", banMs: 1_000 });
    assert.equal(here.closed, "removed");
    assert.equal(resuming.error(id).data.reason, "removed");
    assert.equal(world.room.dump().sessions.size, 1);
  });

  it("OP2: is not let in when it waits for the router already", () => {
    const world = new World();
    world.answering = false;
    const bob = world.knock("bob");
    world.admin({ type: "ban", identity: "bob", banMs: 1_000 });
    assert.equal(bob.error(1).code, BANNED);
    world.answerCalls();
  });

  it("OP2: may come in again when that is taken back", () => {
    const world = new World();
    world.admin({ type: "ban", identity: "bob", banMs: 1_000 });
    world.admin({ type: "unban", identity: "bob" });
    world.join("bob");
  });

  it("OP2: is described as long as it is", () => {
    const world = new World();
    world.admin({ type: "ban", identity: "bob", banMs: 1_000 });
    const bans = () => {
      const outcome = world.order({ type: "describe" });
      return outcome.type === "room" ? outcome.room.bans : assert.fail();
    };
    assert.deepEqual(bans(), [{ identity: "bob", until: world.now + 1_000 }]);
    world.advance(1_000);
    assert.deepEqual(bans(), []);
  });

  it("OP2: is banned from the next room of the name, too", () => {
    const world = new World({ emptyRoomMs: 1_000 });
    world.admin({ type: "ban", identity: "bob", banMs: 60_000 });
    world.advance(1_000);
    const end = world.log.flatMap(({ effects }) => effects).at(-1);
    assert.ok(end?.type === "end" && end.bans);
    world.ended = false;
    const settings = { name: "room", epoch: 8, policy: Policy.parse({}) };
    world.room = new Room({ ...settings, bans: end.bans }, world.now);
    assert.equal(world.knock("bob").error(1).code, BANNED);
  });

  it("OP2: is one of no more than 1,000; bans that are over do not count", () => {
    const world = new World();
    for (let number = 0; number < 1_000; number++) {
      world.admin({ type: "ban", identity: `${number}`, banMs: 5_000 });
    }
    const one = { type: "ban", identity: "bob", banMs: 1 } as const;
    assert.equal(world.order(one).type, "refused");
    world.admin({ ...one, identity: "7" });
    world.advance(1);
    assert.equal(world.order(one).type, "done");
  });
});
