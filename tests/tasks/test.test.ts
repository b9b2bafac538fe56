import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { TempFolder } from "../support/files.ts";

const TASK = join(import.meta.dirname ?? ".", "../../tasks/test.ts");

/** Runs the task on modules written to a folder. */
async function runOn(modules: Record<string, string>) {
  await using temp = await TempFolder.make();
  for (const [name, text] of Object.entries(modules)) {
    await Deno.writeTextFile(join(temp.path, name), text);
  }
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", TASK, temp.path],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  const lines = decoder.decode(stdout).trimEnd().split("\n");
  return { code, last: lines.at(-1), lines, errors: decoder.decode(stderr) };
}

const PASSING = `Deno.test("passes", () => {});`;
const FAILING = `Deno.test("fails", () => { throw new Error("no"); });`;

describe("deno task test", () => {
  it("ends with the sum of all on a line of its own", async () => {
    const run = await runOn({ "a.test.ts": PASSING, "b.test.ts": PASSING });
    assert.equal(run.last, "2 passed, 0 failed");
    assert.equal(run.code, 0);
  });

  it("fails when a test fails", async () => {
    const run = await runOn({ "a.test.ts": PASSING, "b.test.ts": FAILING });
    assert.equal(run.last, "1 passed, 1 failed");
    assert.equal(run.code, 1);
  });

  it("counts a module that does not load as failed", async () => {
    const run = await runOn({
      "a.test.ts": PASSING,
      "b.test.ts": `throw new Error("no module");`,
    });
    assert.equal(run.last, "1 passed, 1 failed");
    assert.equal(run.code, 1);
  });

  it("fails when there was nothing to pass", async () => {
    const ignored = `Deno.test.ignore("ignored", () => {});`;
    const run = await runOn({ "a.test.ts": ignored });
    assert.deepEqual(run.lines.slice(-2), ["1 ignored", "0 passed, 1 failed"]);
    assert.equal(run.code, 1);
  });

  it("says so when a path does not exist", async () => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", TASK, "tests/nowhere"],
    }).output();
    assert.equal(code, 1);
    assert.match(
      new TextDecoder().decode(stderr),
      /no test file .*tests\/nowhere/i,
    );
  });
});
