import { deepStrictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { extractFile } from "../../../sfu/worker/tar.ts";
import { TempFolder } from "../../support/files.ts";

async function archiveOf(files: Record<string, string>) {
  await using temp = await TempFolder.make();
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(temp.path, name), text);
  }
  const { stdout } = await new Deno.Command("tar", {
    args: ["-c", "-f", "-", ...Object.keys(files)],
    cwd: temp.path,
  }).output();
  return stdout;
}

describe("extractFile", () => {
  it("finds a file behind others, whatever their sizes", async () => {
    const archive = await archiveOf({
      empty: "",
      block: "b".repeat(512),
      wanted: "the worker",
    });
    const text = new TextDecoder().decode(extractFile(archive, "wanted"));
    deepStrictEqual(text, "the worker");
  });

  it("says which file is not there", async () => {
    const archive = await archiveOf({ other: "x" });
    throws(() => extractFile(archive, "wanted"), {
      name: "RangeError",
      message: "Cannot extract wanted: the archive has no such file",
    });
  });

  it("refuses an archive that is cut short", async () => {
    const archive = await archiveOf({ wanted: "w".repeat(2_000) });
    throws(() => extractFile(archive.slice(0, 1_024), "wanted"), /cut short/);
  });
});
