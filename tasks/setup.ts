/**
 * Makes a bare machine ready: npm packages, Node, a proven mediasoup worker,
 * the browser code. Silent and quick when there is nothing to do.
 */
import { join } from "node:path";
import { exists } from "../files.ts";
import { loadEnvFile } from "../settings/env_file.ts";
import { run, tail } from "../setup/command.ts";
import { type Progress, StepPrinter } from "../setup/progress.ts";
import { SetupError } from "../setup/setup.ts";
import { resolveNode } from "../sfu/node.ts";
import { resolveWorker } from "../sfu/worker/install.ts";
import { bundle } from "./bundle.ts";
import { reportSetupErrors } from "./report_setup_errors.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** @throws {SetupError} with what to do about it. */
export async function setup(): Promise<void> {
  using progress = new StepPrinter();
  await prepareRuntime(progress);
  await bundle({ progress });
}

/** What the sidecar runs on. */
export type Runtime = { readonly nodeBin: string; readonly workerBin: string };

/** All but what is built from this project's own code. */
export async function prepareRuntime(progress: Progress): Promise<Runtime> {
  await loadEnvFile();
  await installPackages(progress);
  const node = await resolveNode({ progress });
  const worker = await resolveWorker(node, { progress });
  return { nodeBin: node.bin, workerBin: worker.bin };
}

async function installPackages(progress: Progress): Promise<void> {
  if (!await exists(join(ROOT, "node_modules"))) {
    progress.step("Installing the npm packages");
  }
  const { success, stderr } = await run(
    Deno.execPath(),
    ["install", "--frozen", "--quiet"],
    { cwd: ROOT },
  );
  if (success) return;
  throw new SetupError(`Cannot install the npm packages:\n${tail(stderr)}`);
}

if (import.meta.main) await reportSetupErrors(setup);
