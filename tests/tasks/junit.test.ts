import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { countTests } from "../../tasks/junit.ts";
import { denoTest } from "../support/test_run.ts";
import { TempFolder } from "../support/files.ts";

/** Runs a test module and counts what came of it. */
async function countsOf(module: string) {
  await using temp = await TempFolder.make();
  const file = join(temp.path, "module.ts");
  await Deno.writeTextFile(file, module);
  const { success, report } = await denoTest(file);
  return { success, ...countTests(report) };
}

describe("countTests", () => {
  it("counts steps instead of the test that holds them", async () => {
    const counts = await countsOf(`
      Deno.test("suite", async (t) => {
        await t.step("one", () => {});
        await t.step("nested", async (t) => void await t.step("two", () => {}));
      });
      Deno.test("plain", () => {});
    `);
    assert.deepEqual(counts, {
      success: true,
      passed: 3,
      failed: 0,
      ignored: 0,
    });
  });

  it("counts a failed step once, not again for what holds it", async () => {
    const counts = await countsOf(`
      Deno.test("suite", async (t) => {
        await t.step("nested", async (t) => {
          await t.step("fails", () => { throw new Error("no"); });
          await t.step("passes", () => {});
        });
      });
    `);
    assert.deepEqual(counts, {
      success: false,
      passed: 1,
      failed: 1,
      ignored: 0,
    });
  });

  it("counts a test that fails for a reason of its own", async () => {
    const counts = await countsOf(`
      Deno.test("suite", async (t) => {
        await t.step("passes", () => {});
        throw new Error("after its steps");
      });
    `);
    assert.deepEqual(counts, {
      success: false,
      passed: 1,
      failed: 1,
      ignored: 0,
    });
  });

  it("keeps what is ignored apart", async () => {
    const counts = await countsOf(`
      Deno.test({ name: "ignored", ignore: true, fn() {} });
      Deno.test("a > b", () => {});
    `);
    assert.deepEqual(counts, {
      success: true,
      passed: 1,
      failed: 0,
      ignored: 1,
    });
  });

  it("counts what was cancelled by an error outside of it", async () => {
    const counts = await countsOf(`
      Deno.test("one", async () => {
        queueMicrotask(() => { throw new Error("stray"); });
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });
      Deno.test("two", () => {});
    `);
    assert.deepEqual(counts, {
      success: false,
      passed: 0,
      failed: 2,
      ignored: 0,
    });
  });

  it("finds nothing in a report without tests", () => {
    assert.equal(countTests("<testsuites></testsuites>").passed, 0);
  });
});
