import assert from "node:assert/strict";
import { requireTool } from "./tools.ts";

const { bin, ignore } = requireTool("promtool");

/** Prometheus's own checks. */
export const promtool = {
  /** Of suites that need it. */
  ignore,

  /** @throws {Error} with what it says, unless it is content. */
  async run(args: readonly string[], input = ""): Promise<void> {
    const process = new Deno.Command(bin, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = process.output();
    const { stdin } = process;
    const writer = stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { success, stdout, stderr } = await output;
    const decoder = new TextDecoder();
    assert.ok(success, decoder.decode(stdout) + decoder.decode(stderr));
  },
};
