import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { restartDelay } from "../../../sfu/sidecar/restart.ts";
import { LoadMeter } from "../../../sfu/sidecar/load.ts";

describe("load", () => {
  it("is nothing before there are two samples", () => {
    const meter = new LoadMeter();
    assert.equal(meter.value, 0);
    meter.add(500, 1_000);
    assert.equal(meter.value, 0);
  });

  it("is the share of one core over the last samples, not since the start", () => {
    const meter = new LoadMeter();
    meter.add(0, 0);
    meter.add(2_000, 2_000);
    assert.equal(meter.value, 1);
    for (const at of [4_000, 6_000, 8_000, 10_000]) meter.add(2_500, at);
    assert.equal(meter.value, 0);
    meter.add(3_500, 12_000);
    assert.equal(meter.value, 1_000 / 6_000);
  });

  it("stays between 0 and 1 whatever the clocks say", () => {
    const meter = new LoadMeter();
    meter.add(100, 1_000);
    meter.add(9_000, 2_000);
    assert.equal(meter.value, 1);
    meter.add(0, 3_000);
    assert.equal(meter.value, 0);
  });
});

describe("backoff", () => {
  it("is nothing for the first attempt", () => {
    assert.equal(restartDelay(0, () => 1), 0);
  });

  it("doubles up to a ceiling, with full jitter", () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 50].map((n) =>
      restartDelay(n, () => 1)
    );
    assert.deepEqual(ceilings, [
      250,
      500,
      1_000,
      2_000,
      4_000,
      8_000,
      10_000,
      10_000,
    ]);
    assert.equal(restartDelay(3, () => 0), 0);
    assert.equal(restartDelay(3, () => 0.5), 500);
  });
});
