/**
 * Bundles what browsers load: the SDK with its types into `dist/client/`, each
 * page of `web/` into `dist/web/`. Does nothing while its inputs are unchanged.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { exists, filesBelow, removeIfThere } from "../files.ts";
import { withLock } from "../setup/cache.ts";
import { run } from "../setup/command.ts";
import { type Progress, silent, StepPrinter } from "../setup/progress.ts";
import { SetupError } from "../setup/setup.ts";
import { reportSetupErrors } from "./report_setup_errors.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const BUNDLER = join(import.meta.dirname ?? ".", "bundler.ts");
/** The lock file has the versions of what is bundled. */
const INPUTS = [
  "admin",
  "backoff.ts",
  "client",
  "deno.json",
  "deno.lock",
  "protocol",
  "tasks/bundler.ts",
  "tasks/declarations.ts",
  "web",
];

export type BundleOptions = {
  /** The folder with `client/` and `web/`, and where `dist/` goes. */
  readonly root?: string;
  readonly progress?: Progress;
};

/**
 * Returns whether there was something to do.
 *
 * @throws {SetupError} with what the bundler said.
 */
export async function bundle(options: BundleOptions = {}): Promise<boolean> {
  const { root = ROOT, progress = silent } = options;
  const stamp = join(root, "dist", "inputs.sha256");
  const inputs = await hashInputs(root);
  if (await isCurrent(stamp, inputs)) return false;
  return await withLock(join(root, "dist", "bundle"), progress, async () => {
    if (await isCurrent(stamp, inputs)) return false;
    progress.step("Bundling the browser code");
    await removeIfThere(stamp);
    await runBundler(root);
    await Deno.writeTextFile(stamp, inputs);
    return true;
  });
}

async function isCurrent(stamp: string, inputs: string): Promise<boolean> {
  return await exists(stamp) && await Deno.readTextFile(stamp) === inputs;
}

async function hashInputs(root: string): Promise<string> {
  const found = await Promise.all(
    INPUTS.map((input) => filesBelow(join(root, input))),
  );
  const hash = createHash("sha256");
  for (const path of found.flat().sort()) {
    hash.update(`${path.slice(root.length)}\0`);
    hash.update(await Deno.readFile(path));
  }
  return hash.digest("hex");
}

/** In a process of its own: this one may have begun before the packages came. */
async function runBundler(root: string): Promise<void> {
  const { success, stderr } = await run(Deno.execPath(), [
    "run",
    "-A",
    BUNDLER,
    root,
  ]);
  if (success) return;
  throw new SetupError(`Cannot bundle the browser code:\n${stderr.trim()}`);
}

async function bundleAloud(): Promise<boolean> {
  using progress = new StepPrinter();
  return await bundle({ progress });
}

if (import.meta.main) {
  await reportSetupErrors(async () => {
    const outcome = await bundleAloud() ? "are made" : "are up to date";
    console.log(`dist/client (the SDK) and dist/web (the pages) ${outcome}`);
  });
}
