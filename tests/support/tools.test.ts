import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { stub } from "@std/testing/mock";
import { TempFolder } from "./files.ts";
import { requireTool } from "./tools.ts";

describe("requireTool", () => {
  it("finds a tool by its variable, else on PATH", async () => {
    await using temp = await TempFolder.make();
    const bin = await temp.script("chromium", "exit 0");
    const path: [string, string] = ["PATH", `/nowhere:${temp.path}`];
    deepStrictEqual(requireTool("chromium", new Map([path])), {
      bin,
      ignore: false,
    });
    const given = new Map([path, ["CHROMIUM_BIN", "/given"]]);
    strictEqual(requireTool("chromium", given).bin, "/given");
  });

  it("has its tests ignored, and says what to install", () => {
    using warn = stub(console, "warn");
    const { ignore } = requireTool("chromium", new Map([["PATH", ""]]));
    strictEqual(ignore, true);
    deepStrictEqual(warn.calls[0]?.args, [
      "Tests are ignored, since chromium is missing: apt-get install -y chromium, or set CHROMIUM_BIN",
    ]);
  });

  it("fails in CI", () => {
    const env = new Map([["PATH", ""], ["CI", "true"]]);
    throws(() => requireTool("chromium", env), {
      message:
        "chromium is missing: apt-get install -y chromium, or set CHROMIUM_BIN",
    });
  });
});
