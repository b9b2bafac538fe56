import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { HttpWire } from "../../../../sfu/rpc/server/http_wire.ts";
import { ManualClock } from "../_clock.ts";

const HOLD_MS = 10_000;
const ABSENT_MS = 3_000;
const encoder = new TextEncoder();

/** Microtasks have run. */
const soon = () => Promise.resolve();

describe("frames over POSTs, at the sidecar", () => {
  let clock: ManualClock;
  let wire: HttpWire;
  let frames: string[];
  let answers: string[];
  let ends: string[];

  const post = (turn: number, ...lines: string[]) =>
    wire.turn(
      turn,
      encoder.encode(lines.map((line) => line + "\n").join("")),
      (status, body) => answers.push(`${turn} ${status} ${body}`),
    );

  beforeEach(() => {
    clock = new ManualClock();
    frames = [];
    answers = [];
    ends = [];
    const options = {
      clock,
      maxFrameBytes: 1_024,
      holdMs: HOLD_MS,
      absentMs: ABSENT_MS,
    };
    wire = new HttpWire(options, {
      frame: (line) => frames.push(line),
      unreadable: ({ status }) => ends.push(status),
      drained: () => frames.push("drained"),
      closed: (reason) => ends.push(reason),
    });
  });

  it("a POST is answered when there are frames to answer with", async () => {
    post(1, "a", "b");
    deepEqual(frames, ["a", "b"]);
    deepEqual(answers, []);
    wire.send("x");
    wire.send("y");
    await soon();
    deepEqual(answers, ["1 200 x\ny\n"]);
  });

  it("frames wait for the next POST", async () => {
    wire.send("x");
    await soon();
    post(1);
    await soon();
    deepEqual(answers, ["1 200 x\n"]);
  });

  it("a POST is answered empty when its time is over", () => {
    post(1);
    clock.advance(HOLD_MS);
    deepEqual(answers, ["1 200 "]);
    deepEqual(ends, []);
  });

  it("when no next POST comes, it is gone", () => {
    post(1);
    clock.advance(HOLD_MS + ABSENT_MS - 1);
    deepEqual(ends, []);
    clock.advance(1);
    deepEqual(ends, ["no POST has come"]);
    post(2);
    deepEqual(answers.at(-1), "2 410 ");
    equal(clock.pending, 0);
  });

  it("a POST in time keeps it", () => {
    for (let turn = 1; turn <= 5; turn++) {
      post(turn);
      clock.advance(HOLD_MS + ABSENT_MS - 1);
    }
    deepEqual(ends, []);
  });

  it("a POST sets the one before it free", () => {
    post(1);
    post(2, "a");
    deepEqual(answers, ["1 200 "]);
    deepEqual(frames, ["a"]);
  });

  it("a POST that overtook the one before it waits for it", () => {
    post(1);
    post(3, "c");
    deepEqual(frames, []);
    post(2, "b");
    deepEqual(frames, ["b", "c"]);
    deepEqual(answers, ["1 200 ", "2 200 "]);
  });

  for (const turn of [1, 3, 0, 99]) {
    it(`a POST numbered ${turn} where 2 is due is refused`, () => {
      post(1);
      if (turn === 3) post(3);
      post(turn, "x");
      deepEqual(frames, []);
      deepEqual(answers, [`${turn} 409 `]);
    });
  }

  it("more than one POST may hold comes in several", async () => {
    const frame = "x".repeat(100_000);
    for (let count = 0; count < 5; count++) wire.send(frame);
    equal(wire.writable, false);
    for (let turn = 1; turn <= 3; turn++) {
      post(turn);
      await soon();
    }
    deepEqual(answers.map(({ length }) => length), [
      200_008,
      200_008,
      100_007,
    ]);
    equal(wire.writable, true);
    equal(frames.filter((line) => line === "drained").length, 1);
  });

  it("a line that is too long is the end of reading", () => {
    post(1, "x".repeat(1_025));
    deepEqual(ends, ["RESOURCE_EXHAUSTED"]);
  });

  it("closing it answers what is held, with the last frames", () => {
    post(1);
    wire.send("bye");
    wire.close();
    deepEqual(answers, ["1 200 bye\n"]);
    post(2, "x");
    deepEqual(answers.at(-1), "2 410 ");
    deepEqual(frames, []);
    deepEqual(ends, []);
    equal(clock.pending, 0);
  });

  it("a POST that is broken off is the end, told once", () => {
    post(1);
    post(3);
    wire.aborted();
    wire.aborted();
    deepEqual(ends, ["a POST was broken off"]);
    deepEqual(answers, ["1 200 ", "3 410 "]);
    equal(clock.pending, 0);
  });
});
