import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";
import { pair } from "./pair.ts";
import { World } from "./world.ts";

const wrong = "0".repeat(43);

const attack = (world: World, victim: Client, secret = wrong) =>
  world.steal(victim, secret);

describe("a wrong secret", () => {
  it("RS4: is refused, and changes nothing for the live session", () => {
    const { world, bob } = pair();
    const before = structuredClone(world.room.dump().connections);
    const { code, data } = attack(world, bob);
    assert.equal(code, errors.secretInvalid.code);
    assert.equal(data.fatal, true);
    assert.equal(bob.closed, null);
    for (const [connection, sessionId] of before) {
      assert.equal(world.room.dump().connections.get(connection), sessionId);
    }
    bob.request("sendMessage", { topic: "t", body: 1 });
  });

  it("RS4: is refused with a time to wait after 5 in a minute", () => {
    const { world, bob } = pair();
    world.advance(1_000);
    for (let count = 0; count < 5; count++) {
      assert.equal(attack(world, bob).code, errors.secretInvalid.code);
      world.advance(1_000);
    }
    const { code, data } = attack(world, bob);
    assert.equal(code, errors.tooManyRequests.code);
    assert.equal(data.retryAfterMs, 55_000);
    const last = world.log.at(-1)?.effects.at(-1);
    assert.deepEqual(last?.type === "close" && last.code, "tryAgainLater");
    world.advance(55_000);
    assert.equal(attack(world, bob).code, errors.secretInvalid.code);
  });

  it("RS4: never keeps the right one out, however many there were", () => {
    const { world, bob } = pair();
    bob.drop();
    for (let count = 0; count < 20; count++) attack(world, bob);
    world.resumed(bob);
    assert.equal(bob.closed, null);
  });

  it("RS4: counts in a beacon as well", () => {
    const { world, bob } = pair({ maxWrongSecrets: 2 });
    world.beacon(bob, wrong);
    world.beacon(bob, wrong);
    assert.equal(attack(world, bob).code, errors.tooManyRequests.code);
    assert.equal(bob.closed, null);
  });

  it("RS4: may be one of another session, or differ in one place only", () => {
    const { world, ann, bob } = pair();
    const near = bob.secret.slice(0, -1) + "x";
    for (const secret of [ann.secret, near, near.slice(1) + "x"]) {
      assert.equal(attack(world, bob, secret).code, errors.secretInvalid.code);
    }
  });
});

describe("a resume hands out a new secret", () => {
  it("RS5: with which alone the next one is possible, once the client has spoken", () => {
    const { world, bob } = pair();
    const first = bob.secret;
    world.resumed(bob);
    assert.notEqual(bob.secret, first);
    world.advance(1_000);
    assert.equal(attack(world, bob, first).code, errors.secretInvalid.code);
    world.resumed(bob);
  });

  it("RS5: while the one before holds, for the answer may have been lost", () => {
    const { world, bob } = pair();
    const first = bob.secret;
    for (let count = 0; count < 10; count++) {
      bob.alive = false;
      world.resumed(bob, { secret: first });
    }
  });

  it("RS5: and holds itself before the client has spoken, if it was not the last", () => {
    const { world, bob } = pair();
    const first = bob.secret;
    world.resumed(bob, { secret: first });
    const second = bob.secret;
    world.resumed(bob, { secret: first });
    world.resumed(bob, { secret: second });
    bob.sendText("{}");
    for (const old of [first, second]) {
      assert.equal(attack(world, bob, old).code, errors.secretInvalid.code);
    }
    world.resumed(bob);
  });

  it("RS5: of which the room keeps no more than hashes", () => {
    const { world, bob } = pair();
    world.resumed(bob);
    const state = [...world.room.dump().sessions.values()];
    assert.ok(!JSON.stringify(state).includes(bob.secret));
  });
});
