import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { settingsTable } from "../../tasks/docs/settings_table.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, root));
const readme = await read("README.md");
/** Those that people write. */
const PAGES = [
  "README.md",
  "deploy/README.md",
  "docs/operations.md",
  "docs/scale.md",
  "docs/security.md",
  "docs/settings.md",
  "docs/webhooks.md",
  "sfu/sidecar/README.md",
  "sfu/worker/README.md",
];

/** As GitHub names the heading in links. */
const anchorsOf = (page: string) =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
  );

/** The formatter pads the columns of tables. */
const cells = (table: string) =>
  table.trim().split("\n").filter((row) => !/^[|\s-]*$/.test(row)).map((row) =>
    row.split(/(?<!\\)\|/).map((cell) => cell.trim()).join("|")
  );

/** The rows of the table of threats in a page. */
function threatsIn(page: string): { threat: string; tests: string[] }[] {
  const table = /<!-- threats -->([^]*?)<!-- \/threats -->/.exec(page);
  const [, ...rows] = cells(table?.[1] ?? "");
  return rows.map((row) => {
    const columns = row.split("|");
    const tests = [...(columns.at(-2) ?? "").matchAll(/`(tests\/[^`]+)`/g)];
    return {
      threat: columns[1] ?? "",
      tests: tests.map(([, path = ""]) => path),
    };
  });
}

describe("the pages that are read first", () => {
  it("list every setting, as the program knows it", async () => {
    const page = await read("docs/settings.md");
    const table = /<!-- settings -->([^]*?)<!-- \/settings -->/.exec(page);
    assert.deepEqual(cells(table?.[1] ?? ""), cells(settingsTable()));
  });

  it("name no setting that there is not", async () => {
    const page = await read("docs/settings.md");
    const listed = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, one]) =>
      one
    );
    const table = /^## Go to production$([^]*?)^## /m.exec(readme)?.[1] ?? "";
    const named = [...table.matchAll(/`([A-Z]+_[A-Z_]+|HOST)`/g)];
    assert.ok(named.length > 8);
    for (const [, name = ""] of named) assert.ok(listed.includes(name), name);
  });

  it("name for every threat a test that is there", async () => {
    const rows = threatsIn(await read("docs/security.md"));
    assert.ok(rows.length > 15);
    for (const { threat, tests } of rows) {
      assert.ok(tests.length > 0, threat);
      for (const path of tests) assert.match(await read(path), /\bit\(/, path);
    }
  });

  it("name the same threats in short and at length", async () => {
    const long = threatsIn(await read("docs/security.md"));
    const short = threatsIn(readme);
    assert.deepEqual(
      short.map(({ threat }) => threat),
      long.map(({ threat }) => threat),
    );
    for (const [index, { threat, tests }] of short.entries()) {
      assert.equal(tests.length, 1, threat);
      assert.ok(long[index]?.tests.includes(tests[0] ?? ""), threat);
    }
  });

  it("say what is in every folder", () => {
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

  it("link only to files and headings that are there", async () => {
    const links = await Promise.all(PAGES.map(async (path) => {
      const page = await read(path);
      return [...page.matchAll(/\]\(((?!https?:)[^)]+)\)/g)]
        .map(([, to = ""]) => new URL(to, new URL(path, root)));
    }));
    assert.ok(links.flat().length > 20);
    for (const url of links.flat()) {
      assert.ok((await Deno.stat(url)).isFile, url.href);
      if (url.hash === "") continue;
      const anchors = anchorsOf(await Deno.readTextFile(url));
      assert.ok(anchors.includes(url.hash.slice(1)), url.href);
    }
  });
});
