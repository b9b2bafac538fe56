/**
 * The sidecar: `node sfu/sidecar/main.ts`, with its settings in the environment.
 * Says `{"listening": [...]}` on standard output once it listens, logs on
 * standard error. Exit code 2: a setting is wrong; 1: it could not go on.
 *
 * @module
 */
import process from "node:process";
import { readSettings, tellProblem } from "../../settings/env.ts";
import { type Misspelt, tellMisspelt } from "../../settings/misspelt.ts";
import { createLog, type Log } from "./log.ts";
import { type SidecarSettings, sidecarSettings } from "./settings.ts";
import { type Sidecar, startSidecar } from "./sidecar.ts";
import { COLLECTOR_SECRETS, loadTracing, type Tracing } from "./tracing.ts";

const STOP_DEADLINE_MS = 1_000;

type Given = {
  readonly settings: SidecarSettings;
  readonly misspelt: readonly Misspelt[];
};

function settingsOrExit(): Given {
  const read = readSettings(sidecarSettings, process.env);
  if (read.ok) return read;
  const { problems, misspelt } = read;
  for (
    const line of [...problems.map(tellProblem), ...misspelt.map(tellMisspelt)]
  ) process.stderr.write(`${line}\n`);
  process.exit(2);
}

function exitOnTrouble(log: Log): void {
  process.on("uncaughtException", (error) => {
    log.error("crashed", { reason: error.stack });
    process.exit(1);
  });
  // Whoever reads them may die before we do.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}

/** Traces that cannot be sent are no reason to send no media. */
async function openTracing(log: Log): Promise<Tracing | undefined> {
  try {
    return await loadTracing(process.env);
  } catch (error) {
    log.error("no tracing", { reason: String(error) });
    return undefined;
  } finally {
    for (const name of COLLECTOR_SECRETS) delete process.env[name];
  }
}

async function main(): Promise<void> {
  const { settings, misspelt } = settingsOrExit();
  // Workers inherit the environment, and need no secret.
  delete process.env.SFU_SECRET;
  const log = createLog(settings.SFU_LOG_LEVEL);
  exitOnTrouble(log);
  for (const name of misspelt) log.warn(tellMisspelt(name));

  const tracing = await openTracing(log);
  let sidecar: Sidecar | undefined;
  const stop = (reason: string) => {
    log.info("stopping", { reason });
    setTimeout(() => process.exit(0), STOP_DEADLINE_MS);
    Promise.all([sidecar?.close(), tracing?.close()])
      .finally(() => process.exit(0));
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => stop(signal));
  }
  const orphaned = () => {
    if (settings.SFU_EXIT_WHEN_ORPHANED === "1") stop("orphaned");
  };
  try {
    sidecar = await startSidecar(settings, log, orphaned, tracing);
    const listening = sidecar.addresses;
    log.info("listening", { listening });
    process.stdout.write(`${JSON.stringify({ listening })}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error("not started", { reason });
    process.exit(1);
  }
}

await main();
