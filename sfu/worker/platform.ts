/**
 * What a worker binary depends on, beside its version.
 *
 * @module
 */
import { arch, platform } from "node:os";

const GLIBC_LOADER = /^ld-linux/;
const MUSL_LOADER = /^ld-musl-/;
const LIBRARY_FOLDERS = ["/lib64", "/lib"];

export const BINARY = platform() === "win32"
  ? "mediasoup-worker.exe"
  : "mediasoup-worker";

/** Such as `linux-x64-glibc` or `darwin-arm64`. */
export async function platformName(): Promise<string> {
  const name = `${platform()}-${arch()}`;
  return platform() === "linux" ? `${name}-${await libc()}` : name;
}

/** A system of glibc may have musl beside it, hardly the reverse. */
async function libc(): Promise<"glibc" | "musl"> {
  const loaders = await Promise.all(LIBRARY_FOLDERS.map(fileNames));
  const names = loaders.flat();
  if (names.some((name) => GLIBC_LOADER.test(name))) return "glibc";
  return names.some((name) => MUSL_LOADER.test(name)) ? "musl" : "glibc";
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
