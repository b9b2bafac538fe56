/**
 * The overlay stands in for the libraries that mediasoup's build would download
 * (see README.md beside this file).
 *
 * @module
 */
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../../setup/setup.ts";

export const OVERLAY = join(import.meta.dirname ?? ".", "overlay");

/** Only for mediasoup's own C++ tests, and for Windows. */
const NOT_NEEDED = new Set(["catch2.wrap", "wingetopt.wrap"]);

/** Debian 12 has meson 1.0, and the build works with it. */
const MESON_WANTED = "meson_version: '>= 1.1.0'";
const MESON_ENOUGH = "meson_version: '>= 1.0.0'";

/** The folder names under which mediasoup's build looks for its libraries. */
export async function wantedFolders(subprojects: string): Promise<string[]> {
  const wraps = (await readdir(subprojects)).filter((name) =>
    name.endsWith(".wrap") && !NOT_NEEDED.has(name)
  );
  const folders = wraps.map(async (name) => {
    const text = await readFile(join(subprojects, name), "utf8");
    const folder = /^directory\s*=\s*(\S+)/m.exec(text)?.[1];
    if (folder) return folder;
    throw new SetupError(`Cannot read ${name}: no "directory =" in it`);
  });
  return await Promise.all(folders);
}

/** @throws {SetupError} when mediasoup moved away from the overlay. */
export async function assertOverlayFits(
  worker: string,
  overlay: string = OVERLAY,
): Promise<void> {
  const wanted = new Set(await wantedFolders(join(worker, "subprojects")));
  const present = new Set(await readdir(overlay));
  const missing = [...wanted.difference(present)];
  const unused = [...present.difference(wanted)];
  if (missing.length + unused.length === 0) return;
  throw new SetupError(
    `The worker overlay does not fit this mediasoup: it lacks [${
      missing.join(", ")
    }] and has [${
      unused.join(", ")
    }] that nothing asks for. sfu/worker/README.md says how to move it`,
  );
}

/** mediasoup's worker source, unedited but for one version, plus the overlay. */
export async function layOut(worker: string, target: string): Promise<void> {
  await assertOverlayFits(worker);
  await cp(worker, target, { recursive: true, dereference: true });
  await cp(OVERLAY, join(target, "subprojects"), { recursive: true });
  const path = join(target, "meson.build");
  const text = await readFile(path, "utf8");
  await Deno.writeTextFile(path, text.replace(MESON_WANTED, MESON_ENOUGH));
}
