/**
 * Files and folders that may not be there.
 *
 * @module
 */
import { join } from "node:path";

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
