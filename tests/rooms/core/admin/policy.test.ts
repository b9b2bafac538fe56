import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, type PolicyPatch } from "../../../../protocol/mod.ts";
import { pair } from "../pair.ts";
import { World } from "../world.ts";

const setPolicy = (world: World, policy: PolicyPatch) =>
  world.order({ type: "setPolicy", policy });

describe("a policy that changes while the room runs", () => {
  it("OP3: is told, and holds from then on", () => {
    const { world, ann } = pair();
    assert.equal(setPolicy(world, { maxParticipants: 2 }).type, "done");
    const { policy } = ann.next("policyChanged");
    assert.equal(policy.maxParticipants, 2);
    assert.equal(policy.evictAfterMs, 12_000);
    assert.equal(world.knock("eve").error(1).code, errors.roomFull.code);
    assert.equal(world.resumed(ann).policy.maxParticipants, 2);
  });

  it("OP3: keeps within the bounds, or stays as it was", () => {
    const { world, ann } = pair();
    const patches: PolicyPatch[] = [
      { maxParticipants: 0 },
      { pingIntervalMs: 4_000 },
      { timeoutMs: 900 },
      // The router has them already.
      { codecs: ["audio/opus"] },
    ];
    for (const patch of patches) {
      const outcome = setPolicy(world, patch);
      assert.ok(outcome.type === "refused", JSON.stringify(patch));
      assert.equal(outcome.reason, "invalidPolicy");
    }
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("OP3: loses nobody by the timeout itself", () => {
    const world = new World({ pingIntervalMs: 30_000, timeoutMs: 90_000 });
    const ann = world.join("ann");
    world.advance(25_000);
    setPolicy(world, { pingIntervalMs: 1_000, timeoutMs: 3_000 });
    world.advance(10_000);
    assert.equal(ann.closed, null);
    ann.alive = false;
    world.advance(4_000);
    assert.equal(ann.closed, "timeout");
  });

  it("OP3: keeps the end of a grace that runs, and gives the next one another", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    const { graceUntil } = ann.next("participantReconnecting");
    setPolicy(world, { evictAfterMs: 60_000 });
    world.advance(graceUntil - world.now - 1);
    assert.deepEqual(ann.takeEvents(), ["policyChanged"]);
    world.advance(1);
    assert.deepEqual(ann.takeEvents(), ["participantDisconnected"]);
    const eve = world.join("eve");
    ann.takeEvents();
    eve.drop();
    assert.equal(ann.next("participantReconnecting").graceMs, 60_000);
  });

  it("OP3: chooses the codecs of a room that has not begun", () => {
    const world = new World();
    assert.equal(setPolicy(world, { codecs: ["audio/opus"] }).type, "done");
    world.join("ann");
    const [router] = world.sfu.calls("createRouter");
    assert.deepEqual(router?.codecs, ["audio/opus"]);
  });

  it("OP3: gives an empty room its time from then on", () => {
    const world = new World({ emptyRoomMs: 5_000 });
    world.advance(4_000);
    setPolicy(world, { emptyRoomMs: 2_000 });
    world.advance(1_999);
    assert.equal(world.ended, false);
    world.advance(1);
    assert.equal(world.ended, true);
  });

  it("OP3: asks for tokens earlier", () => {
    const world = new World();
    const expiresAt = world.now + 100_000;
    const ann = world.join("ann", { claims: { expiresAt } });
    setPolicy(world, { tokenRefreshMs: 99_000 });
    world.advance(1_000);
    ann.nextHint("tokenExpiring");
  });
});
