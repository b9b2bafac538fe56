/** Prometheus's own checks of what `deploy/` has for it. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { EndReason, RecoveryReport } from "../../protocol/mod.ts";
import { promtool } from "../support/promtool.ts";
import { outcomeOf } from "../../web/admin/history/events.ts";

const at = (path: string) =>
  new URL(`../../deploy/${path}`, import.meta.url).pathname;
const ALERTS = at("prometheus/alerts.yml");

describe(
  "Prometheus, as deploy/ sets it up",
  { ignore: promtool.ignore },
  () => {
    it("has a configuration that is valid, with the alerts", () =>
      promtool.run(["check", "config", at("prometheus/prometheus.yml")]));

    it("has rules without fault or duplicate", () =>
      promtool.run(["check", "rules", "--lint-fatal", ALERTS]));

    it("alerts when it must, and is silent when not", () =>
      promtool.run(["test", "rules", at("prometheus/alerts.test.yml")]));

    it("has a test for each alert", async () => {
      const tested = await Deno.readTextFile(at("prometheus/alerts.test.yml"));
      const alerts = [...(await Deno.readTextFile(ALERTS))
        .matchAll(/alert: (\w+)/g)].map(([, name = ""]) => name);
      assert.ok(alerts.length >= 8);
      for (const name of alerts) {
        assert.ok(tested.includes(`alertname: ${name}\n        exp_`), name);
      }
    });
  },
);

describe("who counts recoveries that fail", () => {
  const told = [
    ...RecoveryReport.shape.outcome.options,
    ...["resumed", ...EndReason.options],
  ];
  const verdict = (outcome: string) =>
    outcomeOf({
      seen: { trigger: "silence", detectionMs: 0, durationMs: 0, outcome },
      report: null,
    });
  const those = (...wanted: ReturnType<typeof outcomeOf>[]) =>
    told.filter((outcome) => wanted.includes(verdict(outcome))).toSorted();

  for (const path of ["prometheus/alerts.yml", "grafana/holdfast.json"]) {
    it(`takes the same ones for failed as the dashboard of operators: ${path}`, async () => {
      const text = await Deno.readTextFile(at(path));
      const chosen = [...text.matchAll(/outcome=~\\?"([\w|]+)\\?"/g)]
        .map(([, list = ""]) => list.split("|").toSorted());
      assert.ok(chosen.length >= 2);
      for (const outcomes of chosen) {
        const isOfFailed = !outcomes.includes("recovered");
        assert.deepEqual(
          outcomes,
          isOfFailed ? those("failed") : those("failed", "recovered"),
        );
      }
    });
  }
});
