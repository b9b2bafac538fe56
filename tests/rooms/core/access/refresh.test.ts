import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, Grants } from "../../../../protocol/mod.ts";
import type { Claims, Verdict } from "../../../../rooms/core/input.ts";
import { Room } from "../../../../rooms/core/room.ts";
import { claimsOf } from "../../fakes/claims.ts";
import { pair } from "../pair.ts";
import { World } from "../world.ts";

const holds = (identity: string, more: Partial<Claims> = {}): Verdict => ({
  ok: true,
  claims: claimsOf(identity, more),
});

/** One whose token ends in so many milliseconds. */
function visitor(ms: number) {
  const world = new World();
  const expiresAt = world.now + ms;
  return {
    world,
    expiresAt,
    ann: world.join("ann", { claims: { expiresAt } }),
  };
}

describe("an access token that ends", () => {
  it("RS8: is asked for anew in time, and again until there is another", () => {
    const { world, ann, expiresAt } = visitor(100_000);
    world.advance(39_999);
    assert.deepEqual(ann.hints, []);
    world.advance(1);
    assert.equal(ann.nextHint("tokenExpiring").expiresAt, expiresAt);
    world.advance(15_000);
    ann.nextHint("tokenExpiring");
    const id = ann.send("refreshToken", { token: "t" });
    const later = world.now + 200_000;
    world.verify(holds("ann", { expiresAt: later }));
    assert.equal(ann.result<"refreshToken">(id).expiresAt, later);
    world.advance(139_999);
    assert.deepEqual(ann.hints, []);
    world.advance(1);
    ann.nextHint("tokenExpiring");
  });

  it("RS8: is asked for at once where it was short from the start", () => {
    const { world, ann } = visitor(10_000);
    world.advance(1);
    ann.nextHint("tokenExpiring");
  });

  it("RS8: ends nothing by itself", () => {
    const { world, ann } = visitor(1_000);
    world.advance(300_000);
    assert.equal(ann.closed, null);
    ann.drop();
    world.resumed(ann);
  });

  it("RS8: is asked for after the resume of who was away", () => {
    const { world, ann, expiresAt } = visitor(65_000);
    ann.drop();
    world.advance(10_000);
    assert.equal(world.resumed(ann).tokenExpiresAt, expiresAt);
    assert.deepEqual(ann.hints, []);
    world.advance(1);
    ann.nextHint("tokenExpiring");
  });
});

describe("a new access token of a session", () => {
  it("RS8: gives its rights at once", () => {
    const { world, ann } = pair();
    const id = ann.send("refreshToken", { token: "t" });
    assert.equal(world.tokens[0]?.token, "t");
    world.verify(holds("ann", { grants: Grants.parse({ sendData: false }) }));
    assert.equal(ann.next("grantsChanged").grants.sendData, false);
    assert.equal(ann.result<"refreshToken">(id).grants.sendData, false);
  });

  it("RS8: changes nothing when it is refused, and nothing is over", () => {
    const { world, ann } = pair();
    const verdicts: [Verdict, keyof typeof errors][] = [
      [holds("bob"), "tokenInvalid"],
      [
        holds("ann", { grants: Grants.parse({ join: false }) }),
        "tokenGrantsInvalid",
      ],
      [{ ok: false, error: "tokenExpired" }, "tokenExpired"],
      [{ ok: false, error: "busy", retryAfterMs: 5 }, "busy"],
    ];
    for (const [verdict, error] of verdicts) {
      const id = ann.send("refreshToken", { token: "t" });
      world.verify(verdict);
      const { code, data } = ann.error(id);
      assert.equal(code, errors[error].code);
      assert.equal(data.fatal, false);
    }
    assert.deepEqual(ann.takeEvents(), []);
    assert.equal(world.resumed(ann).tokenExpiresAt, 9e15);
  });

  it("RS8: is one at a time", () => {
    const { world, ann } = pair();
    const first = ann.send("refreshToken", { token: "1" });
    const second = ann.send("refreshToken", { token: "2" });
    assert.equal(ann.error(second).code, errors.busy.code);
    assert.equal(world.tokens.length, 1);
    world.verify(holds("ann"));
    ann.result(first);
  });

  it("RS8: is not waited for without end, nor heard of later", () => {
    const { world, ann } = pair();
    const first = ann.send("refreshToken", { token: "1" });
    world.advance(9_999);
    assert.ok(!ann.hasAnswer(first));
    world.advance(1);
    assert.ok(ann.error(first).data.retryAfterMs);
    const second = ann.send("refreshToken", { token: "2" });
    world.verify(holds("ann", { expiresAt: 1 }));
    assert.ok(!ann.hasAnswer(second));
    world.verify(holds("ann", { expiresAt: 2 }));
    assert.equal(ann.result<"refreshToken">(second).expiresAt, 2);
  });

  it("RS8: is waited for over a resume, and in a room that is taken up again", () => {
    const { world, ann } = pair();
    const id = ann.send("refreshToken", { token: "t" });
    ann.drop();
    world.room = Room.restore(world.room.dump());
    ann.resends = true;
    world.resumed(ann);
    assert.equal(world.tokens.length, 1);
    world.verify(holds("ann", { expiresAt: 7e15 }));
    assert.equal(ann.result<"refreshToken">(id).expiresAt, 7e15);
  });

  it("RS8: of one who has gone meanwhile is nobody's", () => {
    const { world, ann, bob } = pair();
    ann.send("refreshToken", { token: "t" });
    ann.close();
    bob.takeEvents();
    world.verify(holds("ann", { grants: Grants.parse({ publish: false }) }));
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("RS8: is taken from a resume too, if it ends later than the last", () => {
    const { world, ann, expiresAt } = visitor(100_000);
    const grants = Grants.parse({ publish: false });
    const earlier = holds("ann", { grants, expiresAt: expiresAt - 1 });
    assert.equal(world.resumed(ann, { token: earlier }).grants.publish, true);
    const foreign = holds("bob", { grants, expiresAt: expiresAt + 1 });
    assert.equal(world.resumed(ann, { token: foreign }).grants.publish, true);
    const later = holds("ann", { grants, expiresAt: expiresAt + 1 });
    const result = world.resumed(ann, { token: later });
    assert.equal(result.grants.publish, false);
    assert.equal(result.tokenExpiresAt, expiresAt + 1);
  });
});
