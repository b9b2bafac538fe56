import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "@std/testing/bdd";
import { sidecarSettings } from "../../../sfu/sidecar/settings.ts";

const README = join(
  import.meta.dirname ?? ".",
  "../../../sfu/sidecar/README.md",
);
/** Where the value that the schema gives does not stand as it is written. */
const WRITTEN: Record<string, string> = {
  SFU_LISTEN: "tcp://127.0.0.1:4440",
};

/** Of the table of settings, without the padding. */
function rowsOf(markdown: string): string[] {
  return markdown.split("\n").filter((line) => /^\| `[A-Z]/.test(line))
    .map((line) => line.replaceAll(/ +\|/g, " |"));
}

it("the sidecar's README names every setting with its default and meaning", async () => {
  const expected = Object.entries(sidecarSettings.shape)
    .map(([name, schema]) => {
      const value = schema.safeParse(undefined).data;
      const byDefault = value === undefined
        ? ""
        : `\`${WRITTEN[name] ?? value}\``;
      return `| \`${name}\` | ${byDefault} | ${schema.description} |`
        .replaceAll(/ +\|/g, " |");
    });
  assert.deepEqual(rowsOf(await Deno.readTextFile(README)), expected);
});
