import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createLimits } from "../../../rooms/limits/limits.ts";
import { pair } from "../core/pair.ts";

const SCHOOL = "192.0.2.1";
const defaults = {
  maxConnections: 2_000,
  maxWaiting: 500,
  joinsOfAddress: 600,
  joinsOfIdentity: 60,
  wrongSecrets: 30,
};

function limits() {
  const clock = { time: 0, now: () => clock.time };
  return { clock, limits: createLimits({ clock, ...defaults }) };
}

describe("limits by address", () => {
  it("let 200 people behind one address join at once, twice, each with two connections", () => {
    const { limits: { connect, startWaiting, knock, join } } = limits();
    for (let person = 0; person < 200; person++) {
      for (let race = 0; race < 2; race++) {
        assert.ok(connect(SCHOOL));
        assert.ok(startWaiting(SCHOOL));
        assert.equal(knock(SCHOOL), 0);
      }
      assert.equal(join(SCHOOL, `person-${person}`), 0);
    }
  });

  it("slow down who goes on joining, and nobody else", () => {
    const { clock, limits: { knock } } = limits();
    for (let count = 0; count < 600; count++) knock(SCHOOL);
    assert.equal(knock(SCHOOL), 100);
    assert.equal(knock("192.0.2.2"), 0);
    clock.time += 100;
    assert.equal(knock(SCHOOL), 0);
  });

  it("slow down an identity that joins again and again", () => {
    const { limits: { join } } = limits();
    for (let count = 0; count < 60; count++) {
      assert.equal(join(`192.0.2.${count}`, "eve"), 0);
    }
    assert.equal(join(SCHOOL, "eve"), 1_000);
    assert.equal(join(SCHOOL, "ann"), 0);
  });

  it("do not count an address that is not limited", () => {
    const { limits } = limitsOf(1);
    for (let count = 0; count < 10; count++) {
      assert.ok(limits.connect(undefined) && limits.startWaiting(undefined));
      limits.wrongSecret(undefined);
      assert.equal(limits.knock(undefined) + limits.guessWait(undefined), 0);
      assert.equal(limits.join(undefined, "ann"), 0);
    }
  });

  it("take a place back when a connection is over", () => {
    const { limits } = limitsOf(1);
    assert.deepEqual([1, 2].map(() => limits.connect(SCHOOL)), [true, false]);
    limits.disconnect(SCHOOL);
    assert.ok(limits.connect(SCHOOL));
    assert.deepEqual(
      [1, 2].map(() => limits.startWaiting(SCHOOL)),
      [true, false],
    );
    limits.stopWaiting(SCHOOL);
    assert.ok(limits.startWaiting(SCHOOL));
  });
});

function limitsOf(max: number) {
  const clock = { now: () => 0 };
  const options = {
    ...defaults,
    maxConnections: max,
    maxWaiting: max,
    joinsOfIdentity: max,
  };
  return { limits: createLimits({ clock, ...options }) };
}

describe("wrong secrets from one address", () => {
  it("RS4: are not told to be wrong any more after too many, in whichever session", () => {
    const { clock, limits: { guessWait, wrongSecret } } = limits();
    for (let count = 0; count < 30; count++) wrongSecret(SCHOOL);
    assert.equal(guessWait(SCHOOL), 2_000);
    clock.time += 2_000;
    assert.equal(guessWait(SCHOOL), 0);
  });

  it("RS4: are counted by the host, as the room tells them", () => {
    const { world, bob } = pair();
    world.steal(bob, "wrong");
    const told = world.log.at(-1)?.effects.filter(({ type }) =>
      type === "wrongSecret"
    );
    assert.equal(told?.length, 1);
  });

  it("RS4: leave the right one as good as ever", () => {
    const { world, bob } = pair();
    const error = world.steal(bob, "wrong", { guessWaitMs: 9_000 });
    assert.equal(error.data.retryAfterMs, 9_000);
    assert.equal(error.data.status, "RESOURCE_EXHAUSTED");
    world.resumed(bob, { guessWaitMs: 9_000 });
    assert.equal(bob.closed, null);
  });
});
