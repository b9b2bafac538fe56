import {
  deepStrictEqual,
  match,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { runWatched } from "../../../sfu/worker/watched.ts";

function watch(script: string) {
  const lines: string[] = [];
  const run = runWatched("sh", ["-c", script], {
    onLine: (line) => lines.push(line),
  });
  return { lines, run };
}

describe("runWatched", () => {
  it("passes on each line, also a last one without an end", async () => {
    const { lines, run } = watch("printf '[1/2] a\\n[2/2] b\\nend'");
    deepStrictEqual(await run, {
      success: true,
      output: "[1/2] a\n[2/2] b\nend\n",
    });
    deepStrictEqual(lines, ["[1/2] a", "[2/2] b", "end"]);
  });

  it("keeps what a failed command said on both outputs", async () => {
    const { run } = watch("echo doing; echo wrong >&2; exit 1");
    const { success, output } = await run;
    strictEqual(success, false);
    match(output, /doing/);
    match(output, /wrong/);
  });

  it("keeps no more than the end of a long output", async () => {
    const { run } = watch("yes line | head -n 100000; echo last");
    const { output } = await run;
    strictEqual(output.length <= 64 * 1024, true);
    match(output, /last\n$/);
  });

  it("fails for a command that is not there", async () => {
    const run = runWatched("/nowhere/command", [], { onLine() {} });
    await rejects(run, { name: "NotFound" });
  });
});
