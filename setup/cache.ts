/**
 * The folder of what can be fetched or built again. Several setups may run at
 * the same time: each thing is made beside its place under a lock, and renamed
 * into it when it is whole.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { removeIfThere } from "../files.ts";
import type { Progress } from "./progress.ts";
import { type Env, SetupError } from "./setup.ts";

const LOCK_DEADLINE_MS = 20 * 60_000;
const LOCK_RETRY_MS = 200;

/** The user's cache folder of this project, by the custom of the platform. */
export function cacheFolder(
  env: Env,
  os: typeof Deno.build.os = Deno.build.os,
): string {
  return join(cacheHome(env, os), "holdfast");
}

function cacheHome(env: Env, os: typeof Deno.build.os): string {
  const xdg = env.get("XDG_CACHE_HOME");
  if (xdg) return xdg;
  if (os === "windows") return required(env, "LOCALAPPDATA");
  const home = required(env, "HOME");
  return os === "darwin"
    ? join(home, "Library", "Caches")
    : join(home, ".cache");
}

function required(env: Env, name: string): string {
  const value = env.get(name);
  if (value) return value;
  throw new SetupError(
    `Cannot find the cache folder: neither XDG_CACHE_HOME nor ${name} is set`,
  );
}

/**
 * Runs `make` while no other process makes the same thing. The lock is the
 * system's own, so it goes away with a process that dies.
 */
export async function withLock<T>(
  path: string,
  progress: Progress,
  make: () => Promise<T>,
): Promise<T> {
  await Deno.mkdir(dirname(path), { recursive: true });
  using file = await Deno.open(`${path}.lock`, { write: true, create: true });
  const deadline = Date.now() + LOCK_DEADLINE_MS;
  let waiting = false;
  while (!await file.tryLock(true)) {
    if (!waiting) progress.step("Waiting for another setup on this machine");
    waiting = true;
    if (Date.now() > deadline) {
      throw new SetupError(`Cannot lock ${path}: another setup holds it`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
  }
  return await make();
}

/** A new folder beside `path`, removed at the end unless it was renamed. */
export async function besides<T>(
  path: string,
  make: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = dirname(path);
  await Deno.mkdir(parent, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: parent, prefix: ".making-" });
  try {
    return await make(folder);
  } finally {
    await removeIfThere(folder);
  }
}
