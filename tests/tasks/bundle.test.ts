import {
  deepStrictEqual,
  doesNotMatch,
  match,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { join } from "node:path";
import ts from "typescript";
import { describe, it } from "@std/testing/bdd";
import { bundle } from "../../tasks/bundle.ts";
import { TempFolder } from "../support/files.ts";

const MODULES = join(import.meta.dirname ?? ".", "../../node_modules");

/** A small project of the same shape as this one. */
const PROJECT = {
  "protocol/mod.ts": `
    import { z } from "zod";
    export const Message = z.object({ text: z.string(), topic: z.string().optional() });
    export type Message = z.infer<typeof Message>;
  `,
  "client/mod.ts": `
    import type { types } from "mediasoup-client";
    import { Message } from "../protocol/mod.ts";
    export type { Message };
    /** Sends a message. */
    export function send(text: string, _device?: types.Device): Message {
      return Message.parse({ text });
    }
  `,
  "web/room/main.tsx": `
    import { render } from "preact";
    import { send } from "../../client/mod.ts";
    render(<h1 class="title">{send("hello").text}</h1>, document.body);
  `,
  "web/room/style.css": `.title { color: red; }`,
};

async function project(temp: TempFolder): Promise<string> {
  for (const [name, text] of Object.entries(PROJECT)) {
    await temp.folder(join(name, ".."));
    await Deno.writeTextFile(join(temp.path, name), text);
  }
  await Deno.symlink(MODULES, join(temp.path, "node_modules"));
  return temp.path;
}

/** What TypeScript finds wrong in a program that uses the bundled types. */
async function complaints(dist: string, program: string): Promise<string[]> {
  const file = join(dist, "consumer.ts");
  await Deno.writeTextFile(file, program);
  const checked = ts.createProgram([file], {
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    strict: true,
    types: [],
  });
  return ts.getPreEmitDiagnostics(checked).map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, "\n")
  );
}

describe("bundle", () => {
  it("makes scripts that stand alone, with their maps", async () => {
    await using temp = await TempFolder.make();
    const root = await project(temp);
    strictEqual(await bundle({ root }), true);
    for (const name of ["client/holdfast.js", "web/room.js"]) {
      const text = await Deno.readTextFile(join(root, "dist", name));
      doesNotMatch(text, /\bimport\b[^;]*\bfrom\b/);
      match(text, /\/\/# sourceMappingURL=/);
    }
    const css = await Deno.readTextFile(join(root, "dist/web/room.css"));
    match(css, /^\.title\{color:red\}/);
    const sdk = await import(join(root, "dist/client/holdfast.js"));
    deepStrictEqual(sdk.send("hello"), { text: "hello" });
  });

  it("makes types in one file that imports nothing", async () => {
    await using temp = await TempFolder.make();
    const root = await project(temp);
    await bundle({ root });
    const dist = join(root, "dist/client");
    const types = await Deno.readTextFile(join(dist, "holdfast.d.ts"));
    doesNotMatch(types, /^import /m);
    match(types, /Sends a message/);
    const wrong = await complaints(
      dist,
      `import { type Message, send } from "./holdfast.js";
       const message: Message = send("hello");
       const text: string = message.text;
       export const wrong: number = message.topic ?? text;`,
    );
    deepStrictEqual(wrong, [
      "Type 'string' is not assignable to type 'number'.",
    ]);
  });

  it("does nothing until an input changes", async () => {
    await using temp = await TempFolder.make();
    const root = await project(temp);
    await bundle({ root });
    strictEqual(await bundle({ root }), false);
    const added = join(root, "web/room/style.css");
    await Deno.writeTextFile(added, ".other{color:blue}", { append: true });
    strictEqual(await bundle({ root }), true);
    match(await Deno.readTextFile(join(root, "dist/web/room.css")), /\.other/);
  });

  it("bundles once when it is asked twice at the same time", async () => {
    await using temp = await TempFolder.make();
    const root = await project(temp);
    const done = await Promise.all([bundle({ root }), bundle({ root })]);
    deepStrictEqual(done.toSorted(), [false, true]);
  });

  it("says where the mistake is, and tries again the next time", async () => {
    await using temp = await TempFolder.make();
    const root = await project(temp);
    const main = join(root, "web/room/main.tsx");
    await Deno.writeTextFile(main, `import "./nowhere.ts";`);
    const expected = {
      name: "SetupError",
      message: /web\/room\/main\.tsx:1:7/,
    };
    await rejects(bundle({ root }), expected);
    await rejects(bundle({ root }), expected);
  });
});
