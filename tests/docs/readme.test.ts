import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { settingsTable } from "../../tasks/docs/settings_table.ts";

const root = new URL("../../", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", root));

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

  it("names for every threat a test that is there", async () => {
    const table = /<!-- threats -->([^]*?)<!-- \/threats -->/.exec(readme);
    const [, ...rows] = cells(table?.[1] ?? "");
    assert.ok(rows.length > 15);
    for (const row of rows) {
      const tests = row.split("|").at(-2) ?? "";
      const paths = [...tests.matchAll(/`(tests\/[^`]+)`/g)];
      assert.ok(paths.length > 0, row);
      for (const [, path = ""] of paths) {
        const text = await Deno.readTextFile(new URL(path, root));
        assert.match(text, /\bit\(/, path);
      }
    }
  });

  it("says what is in every folder", () => {
    const layout = /^## Layout$([^]*?)^## /m.exec(readme)?.[1] ?? "";
    const told = [...layout.matchAll(/^\| `([a-z]+)\/` /gm)]
      .map(([, name = ""]) => name);
    const made = ["coverage", "dist", "node_modules", "state"];
    const found = [...Deno.readDirSync(root)]
      .filter(({ name, isDirectory }) =>
        isDirectory && !name.startsWith(".") && !made.includes(name)
      )
      .map(({ name }) => name);
    assert.deepEqual(told.toSorted(), found.toSorted());
  });

  it("names only files that are there", async () => {
    const links = [...readme.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)];
    assert.ok(links.length > 3);
    for (const [, path] of links) {
      const file = await Deno.stat(new URL(path ?? "", root));
      assert.ok(file.isFile, `${path}`);
    }
  });
});
