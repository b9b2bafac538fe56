import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import {
  alternate,
  compare,
  isKept,
  median,
  percentile,
  type Result,
} from "../bench/bench.ts";
import { jsonLine, table } from "../bench/report.ts";
import { TempFolder } from "../support/files.ts";

const BENCH = join(import.meta.dirname ?? ".", "../bench");

const result: Result = compare({
  bench: "rpc.roundtrip.p50",
  value: 0.06,
  unit: "ms",
  peer: "a bare echo",
  peerValue: 0.05,
  bound: { atMost: 1.5 },
});

describe("percentile", () => {
  it("is the nearest rank", () => {
    const samples = [5, 1, 4, 2, 3];
    assert.equal(percentile(samples, 0), 1);
    assert.equal(percentile(samples, 99), 5);
    assert.equal(median(samples), 3);
  });

  it("refuses to be taken of nothing", () => {
    assert.throws(() => percentile([], 50), RangeError);
  });
});

describe("alternate", () => {
  it("takes turns at going first", async () => {
    const turns: string[] = [];
    const take = (name: string) => () => Promise.resolve(turns.push(name));
    const measured = await alternate(2, take("ours"), take("theirs"));
    assert.deepEqual(turns, ["ours", "theirs", "theirs", "ours"]);
    assert.deepEqual(measured, { ours: [1, 4], theirs: [2, 3] });
  });
});

describe("a bound", () => {
  it("holds for the ratio, from above or from below", () => {
    assert.equal(isKept({ ...result, bound: { atMost: 1.2 } }), true);
    assert.equal(isKept({ ...result, bound: { atMost: 1.1 } }), false);
    assert.equal(isKept({ ...result, bound: { atLeast: 1.1 } }), true);
    assert.equal(isKept({ ...result, bound: { atLeast: 1.3 } }), false);
  });
});

describe("the report", () => {
  it("has one JSON object a line, with these fields and no others", () => {
    assert.equal(
      jsonLine(compare({ ...result, value: 0.1 })),
      '{"bench":"rpc.roundtrip.p50","value":0.1,"unit":"ms",' +
        '"peer":"a bare echo","peerValue":0.05,"ratio":2}',
    );
  });

  it("marks in the table which bounds are kept and which are missed", () => {
    const { bound: _, ...unbound } = result;
    const rows = table([
      result,
      { ...result, bound: { atLeast: 2 } },
      { ...unbound, bench: "join", value: 1_234.5 },
    ]);
    assert.deepEqual(rows.split("\n"), [
      "bench                 ours   peer's  unit  ratio  bound        peer",
      "rpc.roundtrip.p50  0.06000  0.05000  ms     1.20  <= 1.5 kept  a bare echo",
      "rpc.roundtrip.p50  0.06000  0.05000  ms     1.20  >= 2 MISSED  a bare echo",
      "join                  1235  0.05000  ms     1.20               a bare echo",
    ]);
  });
});

describe("the process of a bench", () => {
  async function runModule(module: string) {
    await using temp = await TempFolder.make();
    const file = join(temp.path, "module.ts");
    const output = join(temp.path, "results.json");
    await Deno.writeTextFile(file, module);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(BENCH, "run.ts"), file, output],
      stderr: "null",
    }).output();
    return success ? JSON.parse(await Deno.readTextFile(output)) : undefined;
  }

  it("hands back what the bench resolves with", async () => {
    const results = await runModule(`export const bench = async () => [1];`);
    assert.deepEqual(results, [1]);
  });

  it("fails when there is no bench in the file", async () => {
    assert.equal(await runModule(`export const other = 1;`), undefined);
  });
});
