import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Diagnostic } from "../../../client/mod.ts";
import {
  type Connection,
  type ConnectionNews,
  follow,
  isStale,
  newConnection,
} from "../../../web/room/connection/connection.ts";
import { reportAt } from "./reports.ts";

type Told = [at: number, news: ConnectionNews];

const after = (...told: Told[]): Connection =>
  told.reduce(
    (connection, [at, news]) => follow(connection, news, at),
    newConnection,
  );
const diagnosed = (diagnostic: Diagnostic): ConnectionNews => ({
  type: "diagnosed",
  diagnostic,
});
const reconnecting: ConnectionNews = { type: "reconnecting" };
const reconnected: ConnectionNews = { type: "reconnected" };

describe("an outage", () => {
  it("lasts from the first loss until all works again", () => {
    assert.deepEqual(
      after([1_000, reconnecting], [2_000, reconnecting]).outage,
      { at: "out", since: 1_000, step: undefined },
    );
    assert.deepEqual(
      after([1_000, reconnecting], [4_000, reconnected]).outage,
      { at: "back", since: 4_000, tookMs: 3_000 },
    );
  });

  it("knows the last step that was taken against it", () => {
    const step = (step: "suspected" | "iceRestarted") =>
      diagnosed({ about: "recovery", step, detail: undefined });
    const { outage } = after(
      [0, step("suspected")],
      [1, reconnecting],
      [2, step("iceRestarted")],
    );
    assert.deepEqual(outage, { at: "out", since: 1, step: "iceRestarted" });
  });

  it("of less than a second ends without a word", () => {
    const { outage } = after([1_000, reconnecting], [1_900, reconnected]);
    assert.deepEqual(outage, { at: "none" });
  });

  it("is forgotten when its end was seen, unless there is another one", () => {
    const back: Told[] = [[0, reconnecting], [2_000, reconnected]];
    const seen: Told = [5_000, { type: "backSeen" }];
    assert.equal(after(...back, seen).outage.at, "none");
    assert.equal(after(...back, [3_000, reconnecting], seen).outage.at, "out");
  });
});

describe("signaling", () => {
  it("has times of the clock: of the next attempt, and of the end of the place", () => {
    const { signaling } = after([
      10_000,
      diagnosed({
        about: "signaling",
        state: "lost",
        attempt: { type: "waiting", ms: 2_000 },
        graceMs: 9_000,
      }),
    ]);
    assert.deepEqual(signaling, {
      state: "lost",
      retry: { type: "waiting", until: 12_000 },
      placeUntil: 19_000,
    });
  });

  it("has no next attempt when none is planned", () => {
    const { signaling } = after([
      10_000,
      diagnosed({
        about: "signaling",
        state: "lost",
        attempt: { type: "waiting", ms: undefined },
        graceMs: 0,
      }),
    ]);
    assert.ok(signaling.state === "lost");
    assert.deepEqual(signaling.retry, { type: "waiting", until: undefined });
  });
});

describe("the pictures of the others", () => {
  const media = (flow: "flowing" | "paused" | "stopped"): Told => [
    0,
    diagnosed({ about: "media", flow }),
  ];
  const isStaleAfter = (...told: Told[]) => isStale(after(...told));

  it("are stale in an outage, unless media goes on without signaling", () => {
    const out: Told = [1, reconnecting];
    assert.equal(isStaleAfter(media("stopped"), out), true);
    assert.equal(isStaleAfter(media("paused"), out), true);
    assert.equal(isStaleAfter(media("flowing"), out), false);
    assert.equal(isStaleAfter(media("flowing")), false);
    assert.equal(isStaleAfter(media("stopped"), out, [2, reconnected]), false);
  });
});

describe("what the panel draws", () => {
  it("has diagnostics, round trips and reports as they come", () => {
    const report = reportAt(0);
    const { history } = after(
      [1, diagnosed({ about: "signaling", state: "connected" })],
      [2, { type: "roundTrip", ms: 24 }],
      [3, { type: "reported", report }],
    );
    assert.deepEqual(history.lanes.signaling, [{
      from: 1,
      state: "connected",
    }]);
    assert.deepEqual(history.roundTrips, [{ at: 2, ms: 24 }]);
    assert.deepEqual(history.reports, [report]);
  });
});
