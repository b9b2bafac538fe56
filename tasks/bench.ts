/**
 * Runs every `tests/bench/*.bench.ts`, each in a process of its own, and prints
 * a table: `deno task bench [part of a file name] [--json]`.
 *
 * Fails when a bench fails or misses a bound.
 */
import { basename, join } from "node:path";
import { filesBelow } from "../files.ts";
import { isKept, type Result } from "../tests/bench/bench.ts";
import { jsonLine, table } from "../tests/bench/report.ts";
import { reportSetupErrors } from "./report_setup_errors.ts";
import { setup } from "./setup.ts";

const FOLDER = join(import.meta.dirname ?? ".", "..", "tests", "bench");
const RUNNER = join(FOLDER, "run.ts");
const BENCH_DEADLINE_MS = 20 * 60_000;

async function main(args: string[]): Promise<void> {
  await setup();
  const json = args.includes("--json");
  const filter = args.find((arg) => !arg.startsWith("-")) ?? "";
  const files = await benchFiles(filter);
  if (files.length === 0) {
    console.error(`No bench has "${filter}" in its name`);
    return Deno.exit(1);
  }
  const results: Result[] = [];
  let failed = 0;
  for (const file of files) {
    console.error(`Measuring ${basename(file)}`);
    const measured = await measure(file);
    if (json) measured?.forEach((result) => console.log(jsonLine(result)));
    if (measured) results.push(...measured);
    else failed++;
  }
  if (!json) console.log(`\n${table(results)}`);
  if (failed > 0 || !results.every(isKept)) Deno.exit(1);
}

async function benchFiles(filter: string): Promise<string[]> {
  const files = await filesBelow(FOLDER);
  return files
    .filter((file) => file.endsWith(".bench.ts"))
    .filter((file) => basename(file).includes(filter))
    .sort();
}

/** Undefined when the bench failed, which it has told itself. */
async function measure(file: string): Promise<Result[] | undefined> {
  const output = await Deno.makeTempFile({ prefix: "holdfast-bench-" });
  try {
    const signal = AbortSignal.timeout(BENCH_DEADLINE_MS);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", RUNNER, file, output],
      signal,
      stdin: "null",
      stdout: "null",
    }).spawn().status;
    if (success) return JSON.parse(await Deno.readTextFile(output));
    const end = signal.aborted ? "took too long" : "failed";
    console.error(`${basename(file)} ${end}`);
    return undefined;
  } finally {
    await Deno.remove(output);
  }
}

await reportSetupErrors(() => main(Deno.args));
