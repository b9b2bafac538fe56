import { deepStrictEqual, match, rejects } from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import {
  assertOverlayFits,
  layOut,
  OVERLAY,
  wantedFolders,
} from "../../../sfu/worker/overlay.ts";
import { mediasoupPackage } from "../../../sfu/worker/package.ts";
import { TempFolder } from "../../support/files.ts";

const worker = join((await mediasoupPackage()).folder, "worker");

describe("the worker overlay", () => {
  it("has exactly the folders the installed mediasoup asks for", async () => {
    const wanted = await wantedFolders(join(worker, "subprojects"));
    deepStrictEqual(await readdir(OVERLAY).then(sorted), sorted(wanted));
    await assertOverlayFits(worker);
  });

  it("is refused by name when mediasoup asks for another version", async () => {
    await using temp = await TempFolder.make();
    const subprojects = await temp.folder("subprojects");
    await Deno.writeTextFile(
      join(subprojects, "libuv.wrap"),
      "[wrap-file]\ndirectory = libuv-v9.9.9\n",
    );
    await rejects(assertOverlayFits(temp.path), {
      name: "SetupError",
      message: /lacks \[libuv-v9\.9\.9\] and has \[.*libuv-v1\.51\.0.*\]/,
    });
  });

  it("is laid over an unedited copy but for the version of meson", async () => {
    await using temp = await TempFolder.make();
    const source = join(temp.path, "source");
    await layOut(worker, source);
    const name = "meson.build";
    const original = await Deno.readTextFile(join(worker, name));
    const copy = await Deno.readTextFile(join(source, name));
    match(copy, /meson_version: '>= 1\.0\.0'/);
    const lines = original.split("\n");
    const changed = copy.split("\n").filter((line, at) => line !== lines[at]);
    deepStrictEqual(changed.length, 1);
    const folders = await readdir(join(source, "subprojects"));
    for (const folder of await readdir(OVERLAY)) {
      deepStrictEqual(folders.includes(folder), true);
    }
  });
});

function sorted(names: string[]): string[] {
  return names.toSorted();
}
