/**
 * The folder of what can be fetched or built again. Several setups may run at
 * the same time: each thing is made beside its place under a lock, and renamed
 * into it when it is whole.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { type Env, type Progress, SetupError } from "./setup.ts";

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

export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A file itself, every file below a folder, nothing for what is not there. */
export async function filesBelow(path: string): Promise<string[]> {
  if (!await exists(path)) return [];
  if ((await Deno.stat(path)).isFile) return [path];
  const entries = await Array.fromAsync(Deno.readDir(path));
  const found = entries
    .filter(({ name }) => name !== "node_modules")
    .map(({ name }) => filesBelow(join(path, name)));
  return (await Promise.all(found)).flat();
}
