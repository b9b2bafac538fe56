/**
 * Builds mediasoup's worker on the system's own libraries.
 *
 * @module
 */
import { join } from "node:path";
import { tail } from "../../setup/command.ts";
import type { Progress } from "../../setup/progress.ts";
import { SetupError } from "../../setup/setup.ts";
import { layOut } from "./overlay.ts";
import type { MediasoupPackage } from "./package.ts";
import { ensurePackages } from "./packages.ts";
import { BINARY } from "./platform.ts";
import { runWatched } from "./watched.ts";

const NINJA_PROGRESS = /^\[(\d+)\/(\d+)\]/;
/** What one compiler needs at its peak, with some to spare. */
const BYTES_PER_JOB = 700 * 1024 * 1024;

/**
 * Builds in `folder`, which is left to the caller to remove, and returns the
 * path of the binary in it.
 *
 * @throws {SetupError} when the system lacks something, or the build fails.
 */
export async function buildWorker(
  mediasoup: MediasoupPackage,
  folder: string,
  progress: Progress,
): Promise<string> {
  if (Deno.build.os !== "linux") {
    throw new SetupError(
      `Cannot build the mediasoup worker on ${Deno.build.os}: set MEDIASOUP_WORKER_BIN to a worker binary`,
    );
  }
  await ensurePackages(progress);
  const source = join(folder, "source");
  const out = join(folder, "out");
  await layOut(join(mediasoup.folder, "worker"), source);
  const meson = (args: string[]) => runMeson(args, source, progress);
  progress.step("Configuring the worker (meson setup)");
  // deno-fmt-ignore
  await meson(["setup", "--wrap-mode=nodownload",
    "--prefix", out, "--bindir", "", "--libdir", "",
    "--buildtype", "release", "-Db_ndebug=true",
    "build", "."]);
  progress.step(`Building the mediasoup worker ${mediasoup.version}`);
  await meson([
    "compile",
    "-C",
    "build",
    "-j",
    `${jobs()}`,
    "mediasoup-worker",
  ]);
  // deno-fmt-ignore
  await meson(["install", "-C", "build", "--no-rebuild",
    "--tags", "mediasoup-worker", "--strip"]);
  return join(out, BINARY);
}

function jobs(): number {
  const { available } = Deno.systemMemoryInfo();
  const fitting = Math.floor(available / BYTES_PER_JOB);
  return Math.max(1, Math.min(navigator.hardwareConcurrency, fitting));
}

async function runMeson(
  args: string[],
  cwd: string,
  progress: Progress,
): Promise<void> {
  const { success, output } = await runWatched("meson", args, {
    cwd,
    onLine(line) {
      const [, done, total] = NINJA_PROGRESS.exec(line) ?? [];
      if (!done || !total) return;
      progress.advance(Number(done) / Number(total), `${done} of ${total}`);
    },
  });
  if (success) return;
  throw new SetupError(
    `Cannot build the mediasoup worker: meson ${args[0]} failed\n${
      tail(output, 30)
    }`,
  );
}
