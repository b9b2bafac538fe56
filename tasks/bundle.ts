/**
 * Bundles what browsers load: the SDK with its types into `dist/client/`, each
 * page of `web/` into `dist/web/`. Does nothing while its inputs are unchanged.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BuildOptions } from "esbuild";
import { exists, removeIfThere, withLock } from "../sfu/cache.ts";
import { type Progress, silent } from "../sfu/setup.ts";
import { StepPrinter } from "./progress.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const INPUT_FOLDERS = ["client", "protocol", "web"];
/** The versions of what is bundled, and how it is bundled. */
const INPUT_FILES = [
  "deno.json",
  "deno.lock",
  "tasks/bundle.ts",
  "tasks/declarations.ts",
];
/** Said once: browsers of 2022 and later. */
const TARGET = "es2022";

export type BundleOptions = {
  /** The folder with `client/` and `web/`, and where `dist/` goes. */
  readonly root?: string;
  readonly progress?: Progress;
};

/** Returns whether there was something to do. */
export async function bundle(options: BundleOptions = {}): Promise<boolean> {
  const { root = ROOT, progress = silent } = options;
  const stamp = join(root, "dist", "inputs.sha256");
  const inputs = await hashInputs(root);
  if (await isCurrent(stamp, inputs)) return false;
  return await withLock(join(root, "dist", "bundle"), progress, async () => {
    if (await isCurrent(stamp, inputs)) return false;
    progress.step("Bundling the browser code");
    await removeIfThere(stamp);
    await bundleScripts(root);
    await bundleTypes(root);
    await Deno.writeTextFile(stamp, inputs);
    return true;
  });
}

async function isCurrent(stamp: string, inputs: string): Promise<boolean> {
  return await exists(stamp) && await Deno.readTextFile(stamp) === inputs;
}

async function hashInputs(root: string): Promise<string> {
  const found = await Promise.all(
    INPUT_FOLDERS.map((folder) => filesOf(root, folder)),
  );
  const hash = createHash("sha256");
  for (const file of [...found.flat().sort(), ...INPUT_FILES]) {
    const path = join(root, file);
    hash.update(`${file}\0`);
    if (await exists(path)) hash.update(await Deno.readFile(path));
  }
  return hash.digest("hex");
}

/** Every file below a folder, relative to the root. */
async function filesOf(root: string, folder: string): Promise<string[]> {
  if (!await exists(join(root, folder))) return [];
  const files: string[] = [];
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) files.push(...await filesOf(root, path));
    else files.push(path);
  }
  return files;
}

async function bundleScripts(root: string): Promise<void> {
  const esbuild = await import("esbuild");
  const shared: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "linked",
    logLevel: "warning",
    minify: true,
    platform: "browser",
    sourcemap: "linked",
    target: TARGET,
    tsconfigRaw: {},
  };
  try {
    await esbuild.build({
      ...shared,
      entryPoints: [{ in: "client/mod.ts", out: "holdfast" }],
      outdir: "dist/client",
    });
    await esbuild.build({
      ...shared,
      entryPoints: await pageEntries(root),
      outdir: "dist/web",
    });
  } finally {
    await esbuild.stop();
  }
}

/** `web/room/main.tsx` and `style.css` become `room.js` and `room.css`. */
async function pageEntries(
  root: string,
): Promise<{ in: string; out: string }[]> {
  const files = await filesOf(root, "web");
  return files.flatMap((file) => {
    const page = /^web\/([^/]+)\/(?:main\.tsx|style\.css)$/.exec(file)?.[1];
    return page ? [{ in: file, out: page }] : [];
  });
}

/** TypeScript is slow to load, so it is loaded only when it is needed. */
async function bundleTypes(root: string): Promise<void> {
  const { bundleDeclarations } = await import("./declarations.ts");
  await bundleDeclarations(
    join(root, "client/mod.ts"),
    join(root, "dist/client/holdfast.d.ts"),
  );
}

if (import.meta.main) {
  using progress = new StepPrinter();
  await bundle({ progress });
}
