import { beforeEach, describe, it } from "@std/testing/bdd";
import { equal } from "node:assert/strict";
import { Answers } from "../../../../sfu/rpc/server/answers.ts";
import { ManualClock } from "../_clock.ts";

describe("Answers", () => {
  let clock: ManualClock;
  let answers: Answers;

  beforeEach(() => {
    clock = new ManualClock();
    answers = new Answers({ count: 3, size: 20, keptMs: 1_000 }, clock);
  });

  it("gives an answer again", () => {
    answers.put("a", "one");
    equal(answers.get("a"), "one");
    equal(answers.get("b"), undefined);
  });

  it("forgets an answer after its time", () => {
    answers.put("a", "one");
    clock.advance(999);
    equal(answers.get("a"), "one");
    clock.advance(1);
    equal(answers.get("a"), undefined);
  });

  it("forgets the oldest when there are too many", () => {
    for (const key of ["a", "b", "c", "d"]) answers.put(key, key);
    equal(answers.get("a"), undefined);
    equal(answers.get("b"), "b");
    equal(answers.get("d"), "d");
  });

  it("forgets the oldest when they are too large together", () => {
    answers.put("a", "x".repeat(10));
    answers.put("b", "x".repeat(10));
    answers.put("c", "x");
    equal(answers.get("a"), undefined);
    equal(answers.get("b"), "x".repeat(10));
  });

  it("does not keep what is too large alone", () => {
    answers.put("a", "x".repeat(21));
    equal(answers.get("a"), undefined);
    answers.put("b", "x");
    equal(answers.get("b"), "x");
  });
});
