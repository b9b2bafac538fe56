/**
 * Runs `deno test` in a test.
 *
 * @module
 */
import { join } from "node:path";
import { TempFolder } from "./files.ts";

export type TestRun = {
  readonly success: boolean;
  readonly output: string;
  /** The JUnit report. */
  readonly report: string;
};

export async function denoTest(...files: string[]): Promise<TestRun> {
  await using temp = await TempFolder.make();
  const report = join(temp.path, "junit.xml");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", `--junit-path=${report}`, ...files],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return {
    success,
    output: `${decoder.decode(stdout)}${decoder.decode(stderr)}`,
    report: await Deno.readTextFile(report),
  };
}
