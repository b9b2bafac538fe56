import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Diagnostic } from "../../../client/mod.ts";
import {
  emptyHistory,
  type History,
  KEPT_MS,
  withDiagnostic,
  withReport,
  withRoundTrip,
} from "../../../web/room/connection/history.ts";
import { reportAt } from "./reports.ts";

type Told = [at: number, diagnostic: Diagnostic];

const history = (...told: Told[]): History =>
  told.reduce(
    (history, [at, diagnostic]) => withDiagnostic(history, diagnostic, at),
    emptyHistory,
  );
const media = (flow: "flowing" | "paused" | "stopped"): Diagnostic => ({
  about: "media",
  flow,
});

describe("the history of a connection", () => {
  it("has a span for each state, and none for what is told twice", () => {
    const { lanes } = history(
      [1_000, media("flowing")],
      [2_000, media("flowing")],
      [3_000, media("stopped")],
    );
    assert.deepEqual(lanes.media, [
      { from: 1_000, state: "flowing" },
      { from: 3_000, state: "stopped" },
    ]);
  });

  it("has a lane for ICE and one for DTLS of each transport", () => {
    const { lanes } = history([1_000, {
      about: "transport",
      direction: "recv",
      ice: "disconnected",
      dtls: "connected",
    }]);
    assert.deepEqual(lanes.recvIce, [{ from: 1_000, state: "disconnected" }]);
    assert.deepEqual(lanes.recvDtls, [{ from: 1_000, state: "connected" }]);
    assert.deepEqual(lanes.sendIce, []);
  });

  it("has the steps of recoveries", () => {
    const step = { about: "recovery", step: "resumed", detail: "x" } as const;
    assert.deepEqual(history([5, step]).marks, [
      { at: 5, step: "resumed", detail: "x" },
    ]);
  });

  it("forgets what was over five minutes ago, and no state that lasts", () => {
    const { lanes } = history(
      [0, media("flowing")],
      [1_000, media("stopped")],
      [2_000, media("flowing")],
      [KEPT_MS + 1_500, media("stopped")],
    );
    assert.deepEqual(lanes.media.map(({ from }) => from), [
      1_000,
      2_000,
      KEPT_MS + 1_500,
    ]);
  });

  it("forgets round trips and incidents of more than five minutes ago", () => {
    let kept = withReport(emptyHistory, reportAt(0), 4_000);
    kept = withReport(kept, reportAt(10_000), 14_000);
    kept = withReport(kept, reportAt(KEPT_MS), KEPT_MS + 3_100);
    assert.deepEqual(kept.reports.map(({ startedAt }) => startedAt), [
      10_000,
      KEPT_MS,
    ]);
    kept = withRoundTrip(withRoundTrip(kept, 20, 0), 30, KEPT_MS + 1);
    assert.deepEqual(kept.roundTrips, [{ at: KEPT_MS + 1, ms: 30 }]);
  });

  it("stays bounded however much happens at a time", () => {
    const steps = Array.from({ length: 2_000 }, (_, n): Told => [
      n,
      { about: "recovery", step: "socketTried", detail: undefined },
    ]);
    const { marks } = history(...steps);
    assert.equal(marks.length, 600);
    assert.equal(marks.at(-1)?.at, 1_999);
  });
});
