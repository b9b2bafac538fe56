/** Holds `rooms/SPEC.md` and the titles of the tests to each other. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const RULE = /^\*\*([A-Z]{2}\d+)\*\* /gm;
const TITLE = /\b(?:describe|it)\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1/g;
const ID = /\b(?:HB|GR|RS|MD|AC|OP|IC|HO|RP|SF)\d+\b/g;

const spec = Deno.readTextFileSync(new URL("rooms/SPEC.md", ROOT));
const rules = [...spec.matchAll(RULE)].map(([_, id = ""]) => id);

function* testFiles(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) yield* testFiles(`${path}/`);
    else if (entry.name.endsWith(".test.ts")) yield path;
  }
}

/** The files in whose titles each id stands. */
const named = new Map<string, Set<string>>();
for (const path of testFiles("tests/")) {
  const text = Deno.readTextFileSync(new URL(path, ROOT));
  for (const [_, __, title = ""] of text.matchAll(TITLE)) {
    for (const [id] of title.matchAll(ID)) {
      named.set(id, (named.get(id) ?? new Set()).add(path));
    }
  }
}

describe("the rules of a room", () => {
  it("are numbered, each once", () => {
    assert.ok(rules.length > 25);
    assert.equal(new Set(rules).size, rules.length);
  });

  it("are each proved by a test with the id in its title", () => {
    assert.deepEqual(rules.filter((id) => !named.has(id)), []);
  });

  it("are known, where a test names one", () => {
    const unknown = [...named].filter(([id]) => !rules.includes(id));
    assert.deepEqual(unknown.map(([id, paths]) => [id, ...paths]), []);
  });
});
