import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { eventLoopMetric } from "../../telemetry/metrics/event_loop.ts";
import { delay } from "../support/delay.ts";
import { until } from "../support/until.ts";
import { Exposition } from "./exposition.ts";

const NAME = "holdfast_event_loop_delay_seconds";
const BLOCKED_MS = 1_000;

describe("the event loop's delay", () => {
  it("tells of a loop that was blocked as all felt it who came meanwhile", async () => {
    const registry = new Registry();
    using _ = eventLoopMetric(registry);
    const later = async (le: string) => {
      const told = new Exposition(await registry.metrics());
      return told.value(`${NAME}_count`) -
        told.value(`${NAME}_bucket`, { le });
    };
    await delay(200);
    const before = await later("0.1");
    const end = performance.now() + BLOCKED_MS;
    while (performance.now() < end);
    // Ten would have been due; those of the last 100 ms have waited less.
    await until("nothing was late", async () => await later("0.1") > before);
    assert.ok(await later("0.1") - before >= 8);
    assert.ok(await later("0.25") >= 1);
  });
});
