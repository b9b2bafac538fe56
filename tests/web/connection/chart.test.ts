import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  barsOf,
  type Frame,
  frameOf,
  sparkline,
  stopNear,
  stopsOf,
  ticksOf,
} from "../../../web/room/connection/chart.ts";
import {
  emptyHistory,
  type History,
} from "../../../web/room/connection/history.ts";
import { reportAt } from "./reports.ts";

/** A pixel for each 100 milliseconds. */
const frame: Frame = { from: 100_000, to: 160_000, width: 600 };

function withMedia(...media: History["lanes"]["media"]): History {
  return { ...emptyHistory, lanes: { ...emptyHistory.lanes, media } };
}

describe("what a drawing shows", () => {
  it("is the last minutes, up to now", () => {
    assert.deepEqual(
      frameOf({ type: "last", ms: 60_000 }, 160_000, 600),
      frame,
    );
  });

  it("is an incident, with a little of before and after", () => {
    const report = reportAt(100_000, { durationMs: 10_000 });
    const { from, to } = frameOf({ type: "incident", report }, 999_999, 600);
    assert.deepEqual([from, to], [98_500, 111_500]);
  });
});

describe("bars", () => {
  it("are as long as a state lasted, the last one until now", () => {
    const history = withMedia(
      { from: 110_000, state: "flowing" },
      { from: 130_000, state: "none" },
    );
    assert.deepEqual(barsOf("media", history, frame), [
      { x: 300, width: 300, tone: "idle" },
      { x: 100, width: 200, tone: "good" },
    ]);
  });

  it("begin at the edge for what began before, and leave out what is not shown", () => {
    const history = withMedia(
      { from: 0, state: "flowing" },
      { from: 50_000, state: "stopped" },
      { from: 110_000, state: "flowing" },
      { from: 170_000, state: "stopped" },
    );
    assert.deepEqual(barsOf("media", history, frame), [
      { x: 100, width: 500, tone: "good" },
      { x: 0, width: 100, tone: "bad" },
    ]);
  });

  it("of trouble are wide enough to be seen, and drawn last", () => {
    const history = withMedia(
      { from: 100_000, state: "flowing" },
      { from: 110_000, state: "stopped" },
      { from: 110_050, state: "flowing" },
    );
    const bars = barsOf("media", history, frame);
    assert.deepEqual(bars.at(-1), { x: 100, width: 3, tone: "bad" });
  });
});

describe("stops", () => {
  const history: History = {
    ...withMedia(
      { from: 90_000, state: "flowing" },
      { from: 110_000, state: "paused" },
    ),
    marks: [
      { at: 109_900, step: "suspected", detail: undefined },
      { at: 110_300, step: "socketTried", detail: undefined },
      { at: 120_000, step: "resumed", detail: undefined },
    ],
  };

  it("are where something happened; what is too close to tell is one", () => {
    const stops = stopsOf(history, frame);
    assert.deepEqual(
      stops.map(({ at, moments }) => [at, moments.map(({ kind }) => kind)]),
      [
        [109_900, ["step", "state", "step"]],
        [120_000, ["step"]],
      ],
    );
  });

  it("are found from nearby, and not from afar", () => {
    const stops = stopsOf(history, frame);
    assert.equal(stopNear(stops, 104), 0);
    assert.equal(stopNear(stops, 190), 1);
    assert.equal(stopNear(stops, 150), undefined);
    assert.equal(stopNear([], 150), undefined);
  });
});

describe("the line of round trips", () => {
  it("reaches the top at the slowest, and breaks where none was measured", () => {
    const roundTrips = [
      { at: 99_000, ms: 500 },
      { at: 100_000, ms: 20 },
      { at: 101_000, ms: 40 },
      { at: 110_000, ms: 10 },
    ];
    assert.deepEqual(sparkline(roundTrips, frame, 40), {
      path: "M0.0 20.0L10.0 0.0M100.0 30.0",
      most: 40,
    });
  });

  it("is none where nothing was measured", () => {
    assert.equal(sparkline([], frame, 40).path, "");
  });
});

describe("the axis", () => {
  it("counts from now, in steps that leave room for words", () => {
    const ticks = ticksOf(frame, frame.to).map((at) => at - frame.to);
    assert.deepEqual(ticks.slice(-3), [-20_000, -10_000, 0]);
  });

  it("counts from the beginning of an incident, before it too", () => {
    const near: Frame = { from: 99_000, to: 103_000, width: 400 };
    const ticks = ticksOf(near, 100_000).map((at) => at - 100_000);
    assert.deepEqual(ticks, [-1_000, 0, 1_000, 2_000, 3_000]);
  });
});
