import { rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { isSupported, resolveNode } from "../../sfu/node.ts";
import { TempFolder } from "../support/files.ts";

const pretend = (version: string) => `echo v${version}`;

describe("isSupported", () => {
  for (
    const [version, expected] of [
      ["v20.20.2", false],
      ["22.17.9", false],
      ["22.18.0", true],
      ["v23.5.0", false],
      ["23.6.0", true],
      ["v24.0.0", true],
      ["garbage", false],
    ] as const
  ) {
    it(`${expected ? "takes" : "refuses"} ${version}`, () => {
      strictEqual(isSupported(version), expected);
    });
  }
});

describe("resolveNode", () => {
  it("takes NODE_BIN before anything on PATH", async () => {
    await using temp = await TempFolder.make();
    const bin = await temp.script("given", pretend("22.18.0"));
    await temp.script("node", pretend("24.0.0"));
    const env = new Map([["NODE_BIN", bin], ["PATH", temp.path]]);
    const node = await resolveNode({ env });
    strictEqual(node.bin, bin);
    strictEqual(node.version, "22.18.0");
    strictEqual(node.source, "NODE_BIN");
  });

  it("says what NODE_BIN was and what is needed when it is too old", async () => {
    await using temp = await TempFolder.make();
    const bin = await temp.script("old", pretend("20.11.1"));
    await rejects(resolveNode({ env: new Map([["NODE_BIN", bin]]) }), {
      name: "SetupError",
      message: `NODE_BIN is "${bin}", which is Node 20.11.1: ` +
        "it must be Node 22.18 or newer (23 from 23.6)",
    });
  });

  it("says so when NODE_BIN does not run", async () => {
    const env = new Map([["NODE_BIN", "/nowhere/node"]]);
    await rejects(resolveNode({ env }), {
      name: "SetupError",
      message: /"\/nowhere\/node", which does not run as Node/,
    });
  });

  it("takes the first Node on PATH that is new enough", async () => {
    await using old = await TempFolder.make();
    await using fitting = await TempFolder.make();
    await old.script("node", pretend("20.11.1"));
    const bin = await fitting.script("node", pretend("24.1.0"));
    const env = new Map([["PATH", `/nowhere:${old.path}:${fitting.path}`]]);
    const node = await resolveNode({ env });
    strictEqual(node.bin, bin);
    strictEqual(node.source, "PATH");
  });
});

describe("the Node of the npm package", () => {
  it("runs TypeScript as it is", async () => {
    await using temp = await TempFolder.make();
    // The cache of this user: the package is fetched once a machine.
    const env = {
      get: (name: string) => name === "PATH" ? "" : cacheVariable(name),
    };
    const node = await resolveNode({ env });
    strictEqual(node.source, "npm");
    const program = join(temp.path, "program.ts");
    await Deno.writeTextFile(program, "const x: number = 1; console.log(x);");
    const { stdout } = await new Deno.Command(node.bin, { args: [program] })
      .output();
    strictEqual(new TextDecoder().decode(stdout), "1\n");
  });
});

function cacheVariable(name: string): string | undefined {
  return name === "NODE_BIN" ? undefined : Deno.env.get(name);
}
