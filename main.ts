/**
 * The program: settings, sidecar, link and service, from start to end. Exit
 * codes: 0 when it was told to stop, 1 when it could not go on, 2 when a
 * setting is wrong.
 *
 * @module
 */
import { createLog, type Log } from "./log.ts";
import { RedisAway } from "./rooms/hosts/redis/connect.ts";
import { openStateFolder } from "./rooms/stores/folder.ts";
import { DEVELOPMENT, startService } from "./service.ts";
import { isDevelopment } from "./settings/access.ts";
import { tellProblem } from "./settings/env.ts";
import { loadEnvFile } from "./settings/env_file.ts";
import { tellMisspelt } from "./settings/misspelt.ts";
import { readServiceSettings, type Settings } from "./settings/settings.ts";
import { StepPrinter } from "./setup/progress.ts";
import { SetupError } from "./setup/setup.ts";
import type { SfuLink } from "./sfu/link.ts";
import { resolveNode } from "./sfu/node.ts";
import { openPool } from "./sfu/pool/open.ts";
import { connectSfu } from "./sfu/rpc/connect.ts";
import { spawnSidecar } from "./sfu/spawn/spawn.ts";
import { resolveWorker } from "./sfu/worker/install.ts";
import {
  createTracing,
  isTracing,
  traceFields,
} from "./telemetry/tracing/tracing.ts";
import { WebhooksNotKept } from "./webhooks/open.ts";

const STOP_DEADLINE_MS = 4_500;
/** Milliseconds for the first connection to the sidecar. */
const LINK_WAIT_MS = 5_000;

async function main(): Promise<number> {
  await loadEnvFile();
  const read = readServiceSettings(Deno.env.toObject());
  if (!read.ok) {
    for (const problem of read.problems) console.error(tellProblem(problem));
    for (const name of read.misspelt) console.error(tellMisspelt(name));
    return 2;
  }
  const { settings } = read;
  const log = createLog({
    level: settings.LOG_LEVEL,
    format: settings.LOG_FORMAT,
    ...(isTracing(Deno.env) && { context: traceFields }),
  });
  for (const name of read.misspelt) log.warn(tellMisspelt(name));
  try {
    await run(settings, log);
    return 0;
  } catch (error) {
    console.error(explain(error, settings));
    return 1;
  }
}

/** Ends when it is told to; what it opened is closed then, the last one first. */
async function run(settings: Settings, log: Log): Promise<void> {
  const told = log.with({ from: "link" });
  await using state = await openStateFolder(settings.STATE_FOLDER, log);
  await using sidecar = await openSidecars(settings, log, state?.path);
  const stopSignal = nextStopSignal();
  void stopSignal.then((signal) => stopInTime(signal, log));
  using link = disposable(sidecar.connect((message) => told.info(message)));
  const tracing = isTracing(Deno.env) ? createTracing() : undefined;
  await using service = await startService({
    settings,
    link,
    log,
    tracing,
    snapshots: state?.snapshots,
  });
  await Promise.race([firstContact(link, log), stopSignal]);
  console.log(`Holdfast is ready: ${service.url}`);
  // Whatever the level of the log.
  if (isDevelopment(settings)) console.log(DEVELOPMENT);
  await stopSignal;
  const kept = await service.close();
  log.info("stopped", { kept });
  // Their media flows on until somebody takes them up.
  if (kept > 0) sidecar.leave();
}

/** One sidecar, or several. */
type Sidecars = AsyncDisposable & {
  connect(log: (message: string) => void): SfuLink;
  /** Lets it run on when we end. */
  leave(): void;
};

const openSidecars = (
  settings: Settings,
  log: Log,
  folder?: string,
): Promise<Sidecars> =>
  settings.SFU_URL === undefined && settings.SFU_URLS === undefined
    ? ownSidecar(log, folder)
    : givenSidecars(settings);

async function ownSidecar(log: Log, folder?: string): Promise<Sidecars> {
  using progress = new StepPrinter();
  const node = await resolveNode({ progress });
  const worker = await resolveWorker(node, { progress });
  const sidecar = await spawnSidecar({
    nodeBin: node.bin,
    workerBin: worker.bin,
    env: Deno.env.toObject(),
    log: log.with({ from: "sidecar" }),
    folder,
  });
  const { url, secret } = sidecar;
  let end = () => sidecar.stop();
  return {
    connect: (log) => connectSfu({ url, secret, log }),
    leave() {
      end = () => Promise.resolve(sidecar.leave());
    },
    [Symbol.asyncDispose]: () => end(),
  };
}

async function givenSidecars(settings: Settings): Promise<Sidecars> {
  const { SFU_URL: url = "", SFU_URLS: sidecars, SFU_TLS_CA } = settings;
  const { SFU_REGION: region, SFU_LEASE_MS: leaseMs } = settings;
  const ca = SFU_TLS_CA && await readAuthorities(SFU_TLS_CA);
  const known = { secret: settings.SFU_SECRET ?? "", ...(ca && { ca }) };
  return {
    connect: (log) =>
      sidecars === undefined
        ? connectSfu({ ...known, url, log })
        : openPool({ ...known, sidecars, region, leaseMs, log }),
    leave() {},
    async [Symbol.asyncDispose]() {},
  };
}

async function readAuthorities(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`SFU_TLS_CA cannot be read: ${reason}`);
  }
}

const disposable = (link: SfuLink): SfuLink & Disposable =>
  Object.assign(link, { [Symbol.dispose]: () => link.close() });

/** Whatever it waits for, be it that it can begin. */
function stopInTime(signal: Deno.Signal, log: Log): void {
  log.info("stopping", { signal });
  setTimeout(() => {
    log.error("not stopped in time");
    Deno.exit(1);
  }, STOP_DEADLINE_MS);
}

/** The second one finds nobody who would handle it. */
function nextStopSignal(): Promise<Deno.Signal> {
  const signals: Deno.Signal[] = ["SIGINT", "SIGTERM"];
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  const handlers = signals.map((signal) => {
    const handler = () => resolve(signal);
    Deno.addSignalListener(signal, handler);
    return () => Deno.removeSignalListener(signal, handler);
  });
  return promise.finally(() => handlers.forEach((remove) => remove()));
}

/** The link comes up by itself; the page is announced when it can be used. */
async function firstContact(link: SfuLink, log: Log): Promise<void> {
  if (link.state === "up") return;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, LINK_WAIT_MS, false);
  const unsubscribe = link.onState((state) => state === "up" && resolve(true));
  const isUp = await promise;
  clearTimeout(timer);
  unsubscribe();
  if (!isUp) log.warn("nobody can join before the sidecar is there");
}

/** What a person can do something about; the rest is told with its stack. */
function explain(error: unknown, { HOST, PORT }: Settings): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SetupError) return error.message;
  if (error instanceof RedisAway) {
    return `Cannot use the Redis at REDIS_URL: ${error.message}. The log says why`;
  }
  if (error instanceof WebhooksNotKept) {
    return `Webhooks cannot be kept in STATE_FOLDER: ${error.message}`;
  }
  const code = "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE") {
    return `Cannot listen on ${HOST}, port ${PORT}: another program does. Stop it, or set PORT`;
  }
  const isListening = "syscall" in error && error.syscall === "listen";
  if (isListening || code === "ENOTFOUND") {
    return `Cannot listen on ${HOST}, port ${PORT}: ${error.message}`;
  }
  return error.stack ?? error.message;
}

if (import.meta.main) Deno.exit(await main());
