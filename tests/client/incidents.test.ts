import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { RecoveryReport } from "../../protocol/mod.ts";
import { errorOf } from "../../client/errors.ts";
import { IncidentLog } from "../../client/incidents.ts";

const lost = errorOf("signalingLost");
const mediaFailed = errorOf("mediaFailed");

class Bench {
  now = 5_000;
  readonly told: string[] = [];
  readonly reports: RecoveryReport[] = [];
  readonly log = new IncidentLog(
    { now: () => this.now, wallClock: () => 1_000_000 + this.now },
    {
      reconnecting: ({ code }) => this.told.push(`reconnecting ${code}`),
      reconnected: () => this.told.push("reconnected"),
      step: (step) => this.told.push(step),
      report: (report) => {
        this.told.push("report");
        this.reports.push(report);
      },
    },
  );

  get report(): RecoveryReport {
    return RecoveryReport.parse(this.reports[0]);
  }
}

describe("an incident", () => {
  it("RP1: of one plane is one report, with what was noticed first", () => {
    const bench = new Bench();
    bench.log.trouble("signaling", "socketClosed", lost);
    bench.now += 40;
    bench.log.step("socketTried");
    bench.now += 60;
    bench.log.step("resumed", "on the second try");
    bench.log.fine("signaling");
    assert.deepEqual(bench.report, {
      trigger: "socketClosed",
      startedAt: 1_005_000,
      durationMs: 100,
      signalingMs: 100,
      mediaMs: 0,
      steps: [
        { atMs: 40, step: "socketTried" },
        { atMs: 100, step: "resumed", detail: "on the second try" },
      ],
      outcome: "recovered",
    });
    assert.deepEqual(bench.told, [
      "reconnecting 53001",
      "socketTried",
      "resumed",
      "reconnected",
      "report",
    ]);
  });

  it("RP1: of both planes is one report, when both work", () => {
    const bench = new Bench();
    bench.log.trouble("media", "mediaStopped", mediaFailed);
    bench.now += 500;
    bench.log.trouble("signaling", "silence", lost);
    bench.now += 1_000;
    bench.log.fine("signaling");
    assert.deepEqual(bench.told, ["reconnecting 53405"]);
    bench.now += 200;
    bench.log.fine("media");
    const { trigger, durationMs, signalingMs, mediaMs } = bench.report;
    assert.deepEqual({ trigger, durationMs, signalingMs, mediaMs }, {
      trigger: "mediaStopped",
      durationMs: 1_700,
      signalingMs: 1_000,
      mediaMs: 1_700,
    });
    assert.equal(bench.reports.length, 1);
  });

  it("RP1: stays open while a plane is looked at, which counts for nothing", () => {
    const bench = new Bench();
    bench.log.trouble("signaling", "silence", lost);
    bench.now += 100;
    bench.log.looking("media");
    bench.log.fine("signaling");
    assert.deepEqual(bench.told, ["reconnecting 53001", "reconnected"]);
    assert.equal(bench.log.isTroubled, false);
    bench.now += 300;
    bench.log.fine("media");
    assert.equal(bench.report.durationMs, 400);
    assert.equal(bench.report.mediaMs, 0);
  });

  it("goes on when the plane that was looked at does not work after all", () => {
    const bench = new Bench();
    bench.log.trouble("signaling", "silence", lost);
    bench.log.looking("media");
    bench.log.fine("signaling");
    bench.now += 300;
    bench.log.trouble("media", "mediaStopped", mediaFailed);
    bench.now += 50;
    bench.log.fine("media");
    assert.deepEqual(bench.told, [
      "reconnecting 53001",
      "reconnected",
      "reconnecting 53405",
      "reconnected",
      "report",
    ]);
    assert.equal(bench.report.trigger, "silence");
    assert.equal(bench.report.mediaMs, 50);
  });

  it("is begun once, however often trouble is told", () => {
    const bench = new Bench();
    bench.log.trouble("signaling", "silence", lost);
    bench.now += 100;
    bench.log.trouble("signaling", "socketClosed", lost);
    bench.now += 100;
    bench.log.fine("signaling");
    assert.equal(bench.report.trigger, "silence");
    assert.equal(bench.report.signalingMs, 200);
    assert.equal(bench.told.filter((told) => told === "report").length, 1);
  });

  it("counts each trouble of a plane", () => {
    const bench = new Bench();
    bench.log.trouble("signaling", "silence", lost);
    bench.log.trouble("media", "mediaStopped", mediaFailed);
    bench.now += 100;
    bench.log.fine("signaling");
    bench.now += 100;
    bench.log.trouble("signaling", "silence", lost);
    bench.now += 50;
    bench.log.fine("signaling");
    bench.log.fine("media");
    assert.equal(bench.report.signalingMs, 150);
    assert.equal(bench.report.mediaMs, 250);
  });

  it("says of another session that it was rejoined", () => {
    const bench = new Bench();
    bench.log.trouble("signaling", "silence", lost);
    bench.log.rejoined();
    bench.log.fine("signaling");
    assert.equal(bench.report.outcome, "rejoined");
  });

  for (const outcome of ["evicted", "gaveUp", "left"] as const) {
    it(`RP1: ends with the room: ${outcome}`, () => {
      const bench = new Bench();
      bench.log.trouble("signaling", "silence", lost);
      bench.log.trouble("media", "mediaStopped", mediaFailed);
      bench.now += 70;
      bench.log.end(outcome);
      assert.equal(bench.report.outcome, outcome);
      assert.equal(bench.report.signalingMs, 70);
      assert.equal(bench.report.mediaMs, 70);
      assert.equal(bench.told.at(-1), "report");
      assert.ok(!bench.told.includes("reconnected"));
    });
  }

  it("leaves out steps in the middle where there are very many", () => {
    const bench = new Bench();
    bench.log.trouble("signaling", "silence", lost);
    bench.log.step("suspected");
    for (let n = 0; n < 100; n++) bench.log.step("socketTried");
    bench.log.step("resumed", "x".repeat(300));
    bench.log.fine("signaling");
    const { steps } = bench.report;
    assert.equal(steps.length, 64);
    assert.equal(steps[0]?.step, "suspected");
    assert.equal(steps.at(-1)?.step, "resumed");
    assert.equal(steps.at(-1)?.detail?.length, 256);
  });

  it("is none where nothing is wrong", () => {
    const bench = new Bench();
    bench.log.looking("media");
    bench.log.step("resumed");
    bench.log.fine("media");
    bench.log.rejoined();
    bench.log.end("left");
    assert.deepEqual(bench.told, []);
  });

  it("makes place for the next one", () => {
    const bench = new Bench();
    for (let n = 0; n < 2; n++) {
      bench.log.trouble("signaling", "silence", lost);
      bench.log.fine("signaling");
    }
    assert.equal(bench.reports.length, 2);
  });
});
