/**
 * Runs a sidecar by itself, for `SFU_URL` and `SFU_URLS`: with the Node and the
 * worker that setup finds or makes, which plain `node` does not know of.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { StepPrinter } from "../setup/progress.ts";
import { inherited } from "../sfu/spawn/environment.ts";
import { reportSetupErrors } from "./report_setup_errors.ts";
import { prepareRuntime, type Runtime } from "./setup.ts";

const MAIN = join(import.meta.dirname ?? ".", "../sfu/sidecar/main.ts");

async function runSidecar(): Promise<void> {
  const { nodeBin, workerBin } = await prepared();
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => stop.abort());
  }
  const sidecar = new Deno.Command(nodeBin, {
    args: ["--disable-warning=ExperimentalWarning", MAIN],
    clearEnv: true,
    env: { ...environment(), MEDIASOUP_WORKER_BIN: workerBin },
    // A terminal would tell it to stop, too, and a second time kills.
    detached: true,
    signal: stop.signal,
  }).spawn();
  const { code } = await sidecar.status;
  Deno.exit(code);
}

async function prepared(): Promise<Runtime> {
  using progress = new StepPrinter();
  return await prepareRuntime(progress);
}

/** The keys of a service in the same `.env` are none of its business. */
function environment(): Record<string, string> {
  const env = Deno.env.toObject();
  const own = Object.entries(env)
    .filter(([name]) => /^(?:SFU|OTEL)_/.test(name));
  return { ...inherited(env), ...Object.fromEntries(own) };
}

await reportSetupErrors(runSidecar);
