import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { Gate } from "../../../../sfu/rpc/server/gate.ts";
import { ManualClock } from "../_clock.ts";

const SECRET = "the right secret";

describe("Gate", () => {
  let clock: ManualClock;
  let gate: Gate;
  let answers: string[];

  const knock = (secret: string, address = "a") =>
    gate.check(
      address,
      secret,
      () => answers.push("welcome"),
      () => answers.push("refused"),
    );

  beforeEach(() => {
    clock = new ManualClock();
    gate = new Gate(SECRET, clock, 500);
    answers = [];
  });

  it("who knows the secret is let in at once", () => {
    knock(SECRET);
    deepEqual(answers, ["welcome"]);
  });

  for (const wrong of ["", "x", "the right secret ", "THE RIGHT SECRET"]) {
    it(`"${wrong}" is refused, and not before the delay`, () => {
      knock(wrong);
      clock.advance(499);
      deepEqual(answers, []);
      clock.advance(1);
      deepEqual(answers, ["refused"]);
    });
  }

  it("an address guesses no faster by guessing in parallel", () => {
    for (let guess = 0; guess < 100; guess++) knock(`guess ${guess}`);
    // Refused without a look at the secret.
    knock(SECRET);
    equal(answers.includes("welcome"), false);
    clock.advance(500);
    knock(SECRET);
    equal(answers.at(-1), "welcome");
  });

  it("wrong guesses of one address do not shut out another", () => {
    for (let guess = 0; guess < 100; guess++) knock(`guess ${guess}`);
    answers = [];
    knock(SECRET, "b");
    deepEqual(answers, ["welcome"]);
  });

  it("one neighbour with a wrong secret does not shut out its own address", () => {
    knock("wrong");
    knock(SECRET);
    deepEqual(answers, ["welcome"]);
  });

  it("leaves no timer behind", () => {
    knock("wrong");
    gate.close();
    equal(clock.pending, 0);
  });
});
