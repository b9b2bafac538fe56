/**
 * A sidecar of one's own: started with the service, kept running, and stopped
 * with it.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { removeIfThere } from "../../files.ts";
import type { Env } from "../../settings/env.ts";
import type { Log } from "../sidecar/log.ts";
import { isSteady, restartDelay } from "../sidecar/restart.ts";
import { Adopted } from "./adopted.ts";
import { fingerprint, inherited, settingsFor } from "./environment.ts";
import { findSidecar, forgetSidecar, noteSidecar } from "./note.ts";
import { SidecarProcess } from "./sidecar_process.ts";

export type SpawnOptions = {
  readonly nodeBin: string;
  readonly workerBin: string;
  /** Where the settings for media are taken from, and what a program needs to run. */
  readonly env: Env;
  /** Hears the sidecar's own log too. */
  readonly log: Log;
  /**
   * Where the next service finds the sidecar, if this one dies or leaves it;
   * missing: they end together.
   */
  readonly folder?: string | undefined;
};

export type SpawnedSidecar = {
  /** For a link. It stays the same over restarts. */
  readonly url: string;
  readonly secret: string;
  /** Of the process that runs now. */
  readonly pid: number | undefined;
  /** Resolves when it has been stopped. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
  /** Lets it run on for the next service, as long as its lease does. */
  leave(): void;
};

const SECRET_BYTES = 32;
/** The system takes no longer ones for sockets. */
const MAX_SOCKET_PATH = 100;

/**
 * Resolves when the sidecar listens: on a Unix socket that only this user can
 * reach, or on the loopback where there are none.
 *
 * @throws {Error} with the last of its log, when it does not start.
 */
export async function spawnSidecar(
  options: SpawnOptions,
): Promise<SpawnedSidecar> {
  if (canBeFound(options.folder)) {
    const sidecar = new Supervised(options, options.folder, "kept");
    await sidecar.begin();
    return sidecar;
  }
  const folder = await Deno.makeTempDir({ prefix: "holdfast-" });
  try {
    const sidecar = new Supervised(options, folder, "own");
    await sidecar.begin();
    return sidecar;
  } catch (error) {
    await removeIfThere(folder);
    throw error;
  }
}

const canBeFound = (folder: string | undefined): folder is string =>
  folder !== undefined && Deno.build.os !== "windows" &&
  socketIn(folder).length <= MAX_SOCKET_PATH;

const socketIn = (folder: string): string => join(resolve(folder), "sfu.sock");

class Supervised implements SpawnedSidecar {
  readonly #options: SpawnOptions;
  readonly #folder: string;
  /** `own`: it goes with the sidecar. */
  readonly #kind: "own" | "kept";
  #secret = randomSecret();
  readonly #stopping = new AbortController();
  readonly #closed = Promise.withResolvers<void>();
  #url: string;
  #process: SidecarProcess | Adopted | undefined;

  constructor(options: SpawnOptions, folder: string, kind: "own" | "kept") {
    this.#options = options;
    this.#folder = folder;
    this.#kind = kind;
    this.#url = Deno.build.os === "windows"
      ? "tcp://127.0.0.1:0"
      : `unix://${socketIn(folder)}`;
  }

  get secret(): string {
    return this.#secret;
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async begin(): Promise<void> {
    this.#process = await this.#find() ?? await this.#start();
    this.#url = this.#process.address;
    globalThis.addEventListener("unload", this.#leave);
    this.#keepRunning().then(this.#closed.resolve, this.#closed.reject);
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.closed;
  }

  leave(): void {
    globalThis.removeEventListener("unload", this.#leave);
    if (this.#process instanceof Adopted) this.#process.leave();
  }

  /** The one that the last service has left, if it is as we would start it. */
  async #find(): Promise<Adopted | undefined> {
    if (this.#kind === "own") return undefined;
    const note = await findSidecar(this.#folder);
    if (note === undefined) return undefined;
    const found = new Adopted(note);
    const { log } = this.#options;
    if (note.settings !== fingerprint(this.#settings)) {
      log.warn("sidecar with other settings is replaced", { pid: note.pid });
      await found.stop();
      return undefined;
    }
    log.info("sidecar found again", { pid: note.pid });
    this.#secret = note.secret;
    return found;
  }

  async #keepRunning(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (this.#process) {
        const startedAt = performance.now();
        const how = await unlessAborted(this.#process.exited, signal);
        if (signal.aborted) break;
        log.error("sidecar ended", { how });
        this.#process = undefined;
        if (isSteady(performance.now() - startedAt)) attempt = 0;
      }
      await delay(restartDelay(attempt), signal);
      this.#process = await this.#restart();
    }
    await this.#process?.stop();
    globalThis.removeEventListener("unload", this.#leave);
    await this.#clear();
  }

  #clear(): Promise<void> {
    return this.#kind === "kept"
      ? forgetSidecar(this.#folder)
      : removeIfThere(this.#folder);
  }

  async #restart(): Promise<SidecarProcess | undefined> {
    try {
      return await this.#start();
    } catch (error) {
      if (this.#stopping.signal.aborted) return undefined;
      this.#options.log.error("sidecar not started", { reason: String(error) });
      return undefined;
    }
  }

  async #start(): Promise<SidecarProcess> {
    const { nodeBin, log, env } = this.#options;
    const settings = this.#settings;
    const sidecar = await SidecarProcess.start({
      nodeBin,
      log,
      signal: this.#stopping.signal,
      env: {
        ...inherited(env),
        ...settings,
        SFU_LISTEN: this.#url,
        SFU_SECRET: this.secret,
      },
    });
    if (this.#kind === "kept") {
      const { pid, address } = sidecar;
      const note = { pid, address, secret: this.secret };
      await noteSidecar(this.#folder, {
        ...note,
        settings: fingerprint(settings),
      });
    }
    return sidecar;
  }

  get #settings(): Record<string, string> {
    const { workerBin, env } = this.#options;
    return settingsFor(env, workerBin);
  }

  /** Our process ends without having stopped us. */
  readonly #leave = () => {
    if (this.#kind === "kept") return;
    this.#process?.terminate();
    Deno.removeSync(this.#folder, { recursive: true });
  };
}

function randomSecret(): string {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toHex();
}

/** Undefined once the signal is aborted. */
function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const listener = () => resolve(undefined);
  if (signal.aborted) listener();
  signal.addEventListener("abort", listener, { once: true });
  return Promise.race([promise, aborted])
    .finally(() => signal.removeEventListener("abort", listener));
}

async function delay(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await unlessAborted(promise, signal);
  clearTimeout(timer);
}
