/**
 * Finds a mediasoup worker that works on this system, or makes one.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { exists } from "../../files.ts";
import { besides, cacheFolder, withLock } from "../../setup/cache.ts";
import { type Progress, silent } from "../../setup/progress.ts";
import { type Env, SetupError } from "../../setup/setup.ts";
import type { ResolvedNode } from "../node.ts";
import { buildWorker } from "./build.ts";
import { type MediasoupPackage, mediasoupPackage } from "./package.ts";
import { BINARY, platformName } from "./platform.ts";
import { downloadWorker, prebuiltUrl } from "./prebuilt.ts";
import { type Verdict, verifyWorker } from "./verified.ts";

export type ResolvedWorker = {
  readonly bin: string;
  readonly source: "MEDIASOUP_WORKER_BIN" | "cache" | "download" | "build";
};

type Setup = {
  readonly env: Env;
  readonly progress: Progress;
  readonly mediasoup: MediasoupPackage;
  /** Where the worker of this version and platform is cached. */
  readonly folder: string;
  verify(bin: string): Promise<Verdict>;
  readonly build: typeof buildWorker;
};

export type WorkerOptions = {
  readonly env?: Env;
  readonly progress?: Progress;
  /** How it is built from its source. */
  readonly build?: typeof buildWorker;
};

/**
 * `MEDIASOUP_WORKER_BIN`; else the cached one; else mediasoup's prebuilt one;
 * else one that is built here. Each counts only after a DTLS handshake.
 *
 * @throws {SetupError} when the given one does not work, or none can be had.
 */
export async function resolveWorker(
  node: Pick<ResolvedNode, "bin">,
  options: WorkerOptions = {},
): Promise<ResolvedWorker> {
  const { env = Deno.env, progress = silent, build = buildWorker } = options;
  const mediasoup = await mediasoupPackage();
  const workers = join(cacheFolder(env), "worker");
  const name = `${mediasoup.version}-${await platformName()}`;
  const setup: Setup = {
    env,
    progress,
    build,
    mediasoup,
    folder: join(workers, name),
    verify: (bin) =>
      verifyWorker({
        node: node.bin,
        bin,
        mediasoupVersion: mediasoup.version,
        marks: join(workers, "verified"),
      }),
  };
  return await fromSetting(setup) ?? await fromCache(setup) ??
    await withLock(
      setup.folder,
      progress,
      async () =>
        await fromCache(setup) ?? await fromDownload(setup) ??
          await fromSource(setup),
    );
}

async function fromSetting(setup: Setup): Promise<ResolvedWorker | undefined> {
  const given = setup.env.get("MEDIASOUP_WORKER_BIN");
  if (!given) return undefined;
  const bin = resolve(given);
  const verdict = await setup.verify(bin);
  if (verdict.ok) return { bin, source: "MEDIASOUP_WORKER_BIN" };
  throw new SetupError(
    `MEDIASOUP_WORKER_BIN is "${given}", which does not work as the worker of mediasoup ${setup.mediasoup.version}: ${verdict.reason}`,
  );
}

async function fromCache(setup: Setup): Promise<ResolvedWorker | undefined> {
  const bin = join(setup.folder, BINARY);
  if (!await exists(bin)) return undefined;
  const verdict = await setup.verify(bin);
  if (verdict.ok) return { bin, source: "cache" };
  setup.progress.step(`The cached worker does not work: ${verdict.reason}`);
  return undefined;
}

/** Whatever is wrong with the prebuilt one, it can still be built. */
async function fromDownload(setup: Setup): Promise<ResolvedWorker | undefined> {
  const { env, progress, mediasoup, folder } = setup;
  if (env.get("MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD")) return undefined;
  progress.step("Downloading mediasoup's prebuilt worker");
  try {
    return await besides(folder, async (making) => {
      const url = prebuiltUrl(mediasoup, env);
      await downloadWorker(url, join(making, BINARY), progress);
      return await accept(setup, join(making, BINARY), "download");
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    progress.step(`No prebuilt worker: ${error.message}`);
    return undefined;
  }
}

async function fromSource(setup: Setup): Promise<ResolvedWorker> {
  return await besides(setup.folder, async (making) => {
    const bin = await setup.build(setup.mediasoup, making, setup.progress);
    return await accept(setup, bin, "build");
  });
}

/** Moves a worker into the cache, once it has proved itself. */
async function accept(
  setup: Setup,
  made: string,
  source: "download" | "build",
): Promise<ResolvedWorker> {
  setup.progress.step("Proving the worker by a DTLS handshake");
  const verdict = await setup.verify(made);
  if (!verdict.ok) {
    throw new SetupError(`The worker does not work here: ${verdict.reason}`);
  }
  const bin = join(setup.folder, BINARY);
  await Deno.mkdir(setup.folder, { recursive: true });
  await Deno.rename(made, bin);
  return { bin, source };
}
