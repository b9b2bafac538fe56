/**
 * The bundling itself, without a look at whether it is needed:
 * `deno run -A tasks/bundler.ts <root>`.
 */
import { build, type BuildOptions, stop } from "esbuild";
import { join, relative } from "node:path";
import { filesBelow } from "../files.ts";
import { bundleDeclarations } from "./declarations.ts";

/** `web/room/main.tsx` and `style.css` become `room.js` and `room.css`. */
const PAGE_ENTRY = /^web\/([^/]+)\/(?:main\.tsx|style\.css)$/;
const SDK_ENTRY = "client/mod.ts";

const OPTIONS: BuildOptions = {
  bundle: true,
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "linked",
  logLevel: "warning",
  minify: true,
  platform: "browser",
  sourcemap: "linked",
  target: "es2022",
  tsconfigRaw: {},
};

async function bundleScripts(root: string): Promise<void> {
  await build({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: [{ in: SDK_ENTRY, out: "holdfast" }],
    outdir: "dist/client",
  });
  await build({
    ...OPTIONS,
    absWorkingDir: root,
    entryPoints: await pageEntries(root),
    outdir: "dist/web",
  });
}

async function pageEntries(
  root: string,
): Promise<{ in: string; out: string }[]> {
  const files = await filesBelow(join(root, "web"));
  return files.map((file) => relative(root, file)).flatMap((file) => {
    const page = PAGE_ENTRY.exec(file)?.[1];
    return page ? [{ in: file, out: page }] : [];
  });
}

/** It has printed what is wrong, and where. */
function isToldByEsbuild(error: unknown): boolean {
  return error instanceof Error && "errors" in error;
}

const [root] = Deno.args;
if (!root) throw new Error("usage: bundler.ts <root>");
try {
  await bundleScripts(root);
  await bundleDeclarations(
    join(root, SDK_ENTRY),
    join(root, "dist/client/holdfast.d.ts"),
  );
} catch (error) {
  if (!isToldByEsbuild(error)) throw error;
  Deno.exitCode = 1;
} finally {
  await stop();
}
