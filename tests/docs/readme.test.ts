import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { settingsTable } from "../../tasks/settings_table.ts";

const readme = await Deno.readTextFile(
  new URL("../../README.md", import.meta.url),
);

/** The formatter pads the columns of tables. */
const cells = (table: string) =>
  table.trim().split("\n").filter((row) => !/^[|\s-]*$/.test(row)).map((row) =>
    row.split(/(?<!\\)\|/).map((cell) => cell.trim()).join("|")
  );

describe("README", () => {
  it("lists every setting, as the program knows it", () => {
    const table = /<!-- settings -->([^]*?)<!-- \/settings -->/.exec(readme);
    assert.deepEqual(cells(table?.[1] ?? ""), cells(settingsTable()));
  });

  it("names only files that are there", async () => {
    const root = new URL("../../", import.meta.url);
    const links = [...readme.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)];
    assert.ok(links.length > 3);
    for (const [, path] of links) {
      const file = await Deno.stat(new URL(path ?? "", root));
      assert.ok(file.isFile, `${path}`);
    }
  });
});
