/**
 * The whole gate: format, lint, types, then the tests. With paths (files or
 * folders of tests/) only those tests; flags go to `deno test`.
 *
 * Ends with a line `N passed, N failed`, and fails unless nothing failed.
 */
import { join, relative } from "node:path";
import { exists, filesBelow } from "../files.ts";
import { StepPrinter } from "../setup/progress.ts";
import { SetupError } from "../setup/setup.ts";
import { bundle } from "./bundle.ts";
import { type Counts, countTests } from "./junit.ts";
import { prepareRuntime } from "./setup.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const RUN_DEADLINE_MS = 12 * 60_000;
/** These share the machine's browser and its timing, so one after the other. */
const SEQUENTIAL = "tests/e2e/";
/** These wait most of the time: two files at once, however many cores there are. */
const PAIRED = "tests/e2e/faults/";

const CHECKS: readonly { name: string; args: string[] }[] = [
  { name: "format", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint", "--quiet"] },
  { name: "types", args: ["check", "--quiet"] },
];

async function main(args: string[]): Promise<void> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const counts: Counts = { passed: 0, failed: 0, ignored: 0 };
  await prepare(counts);
  if (paths.length === 0) add(counts, await runChecks());
  const files = await testFiles(paths.length > 0 ? paths : ["tests"]);
  if (files.length === 0) {
    throw new SetupError(`Found no test file at ${paths.join(", ")}`);
  }
  const parallel = files.filter((file) => !file.startsWith(SEQUENTIAL));
  const paired = files.filter((file) => file.startsWith(PAIRED));
  const sequential = files.filter((file) =>
    file.startsWith(SEQUENTIAL) && !file.startsWith(PAIRED)
  );
  // Types are checked above, for all files at once.
  const common = ["test", "-A", "--no-check", ...flags];
  add(counts, await runTests([...common, "--parallel"], parallel));
  add(counts, await runTests(common, sequential));
  add(
    counts,
    await runTests([...common, "--parallel"], paired, { DENO_JOBS: "2" }),
  );
  tell(counts);
}

/** What does not bundle is no reason to leave out the other tests. */
async function prepare(counts: Counts): Promise<void> {
  using progress = new StepPrinter();
  await prepareRuntime(progress);
  try {
    await bundle({ progress });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    counts.failed++;
  }
}

function add(sum: Counts, counts: Counts): void {
  sum.passed += counts.passed;
  sum.failed += counts.failed;
  sum.ignored += counts.ignored;
}

/** Each check counts as one test. */
async function runChecks(): Promise<Counts> {
  const counts = { passed: 0, failed: 0, ignored: 0 };
  for (const { name, args } of CHECKS) {
    const ok = await deno(args);
    console.log(`${name} ... ${ok ? "ok" : "FAILED"}`);
    counts[ok ? "passed" : "failed"]++;
  }
  return counts;
}

async function runTests(
  args: string[],
  files: string[],
  env: Record<string, string> = {},
): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0, ignored: 0 };
  const folder = await Deno.makeTempDir({ prefix: "holdfast-tests-" });
  try {
    const report = join(folder, "junit.xml");
    const ok = await deno([...args, `--junit-path=${report}`, ...files], env);
    const counts = await exists(report)
      ? countTests(await Deno.readTextFile(report))
      : { passed: 0, failed: 0, ignored: 0 };
    // A module that does not load has no test to blame.
    if (!ok && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs Deno with its output passed on; false when it fails or takes too long. */
async function deno(
  args: string[],
  env: Record<string, string> = {},
): Promise<boolean> {
  const signal = AbortSignal.timeout(RUN_DEADLINE_MS);
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env,
    stdin: "null",
    signal,
  }).spawn();
  const { success } = await child.status;
  if (signal.aborted) {
    console.error(`deno ${args[0]} took longer than ${RUN_DEADLINE_MS} ms`);
  }
  return success && !signal.aborted;
}

/** The test files at or below the paths, relative to the root, in order. */
async function testFiles(paths: string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map((path) => filesBelow(join(ROOT, relative(ROOT, path)))),
  );
  const files = found.flat().filter((file) => /\.test\.tsx?$/.test(file));
  return [...new Set(files)].map((file) => relative(ROOT, file)).sort();
}

/** Nothing but ignored tests is no success. */
function tell(counts: Counts): void {
  if (counts.ignored > 0) console.log(`${counts.ignored} ignored`);
  if (counts.passed === 0) counts.failed ||= 1;
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0) Deno.exit(1);
}

try {
  await main(Deno.args);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  console.log("0 passed, 1 failed");
  Deno.exit(1);
}
