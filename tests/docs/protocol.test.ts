import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  errors,
  events,
  hints,
  methods,
  serverMethods,
} from "../../protocol/mod.ts";
import { referenceText, schemaText } from "../../tasks/docs/schema.ts";
import { FrameChecker, shownFrames } from "./frames.ts";

const read = (name: string) =>
  Deno.readTextFile(new URL(`../../docs/${name}`, import.meta.url));

const HOW = "run `deno task schema`";

describe("the protocol reference", () => {
  it("has the JSON Schema that the code writes", async () => {
    assert.equal(await read("protocol.schema.json"), schemaText(), HOW);
  });

  it("has the tables and types that the code writes", async () => {
    const markdown = await read("protocol.md");
    assert.equal(markdown, referenceText(markdown), HOW);
  });

  it("describes each method, event and hint under a heading of its name", async () => {
    const markdown = await read("protocol.md");
    for (const name of Object.keys({ ...methods, ...events, ...hints })) {
      assert.match(markdown, new RegExp(`^### ${name}$`, "m"));
      assert.ok(markdown.includes(`<!-- generated: ${name} -->`), name);
    }
  });

  it("shows valid frames, for every method, event and hint", async () => {
    const checker = new FrameChecker();
    for (const frame of shownFrames(await read("protocol.md"))) {
      checker.check(frame);
    }
    const expected = [
      ...Object.keys({ ...methods, ...serverMethods })
        .flatMap((name) => [`${name}.params`, `${name}.result`]),
      ...Object.keys({ ...events, ...hints }),
    ];
    assert.deepEqual([...checker.shown].sort(), expected.sort());
  });

  it("names only errors that exist", async () => {
    const markdown = await read("protocol.md");
    const lists = [...markdown.matchAll(/^Errors: ([\s\S]*?)\n\n/gm)];
    assert.ok(lists.length > 0);
    for (const [, list = ""] of lists) {
      const withoutRemarks = list.replaceAll(/\([^)]*\)/g, "");
      for (const [, name = ""] of withoutRemarks.matchAll(/`(\w+)`/g)) {
        assert.ok(Object.hasOwn(errors, name), name);
      }
    }
  });
});
