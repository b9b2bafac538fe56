import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import ts from "typescript";
import { NamedKeys } from "../../auth/named_keys.ts";
import { tokenVerifier } from "../../auth/verifier.ts";
import { TempFolder } from "../support/files.ts";

const root = new URL("../../", import.meta.url);
const readme = await Deno.readTextFile(new URL("README.md", root));

/** The code below a comment of this name. */
function example(name: string): string {
  const shown = new RegExp(`<!-- ${name} -->\\s+\`\`\`ts\\n([^]+?)\`\`\``);
  const [, code] = shown.exec(readme) ?? [];
  assert.ok(code, name);
  return code;
}

/** What an application brings along. */
const APPLICATION = `
  import type { RemoteParticipant, TrackKind } from "./holdfast.js";
  declare const token: string;
  declare function fetchToken(): Promise<string>;
  declare function elementFor(participant: RemoteParticipant, kind: TrackKind): HTMLMediaElement;
  declare function remove(participant: RemoteParticipant): void;
  declare function show(name: string | undefined, body: unknown): void;
  declare const banner: { show(text: string): void; hide(): void };
  declare function countDown(participant: RemoteParticipant, until: number): void;
  declare function showAgain(participant: RemoteParticipant): void;
  declare function goodbye(reason: string): void;
`;

/** What TypeScript finds wrong in a program of the SDK. */
async function complaints(program: string): Promise<string[]> {
  await using temp = await TempFolder.make();
  const file = `${temp.path}/app.ts`;
  const sdk = new URL("client/mod.ts", root).pathname;
  await Deno.writeTextFile(file, program.replaceAll("./holdfast.js", sdk));
  const checked = ts.createProgram([file], {
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
  });
  return checked.getSemanticDiagnostics(checked.getSourceFile(file))
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n")
    );
}

describe("the examples of the README", () => {
  it("fit the types of the SDK", async () => {
    const program = APPLICATION + example("join") + example("listen");
    assert.deepEqual(await complaints(program), []);
    const wrong = program.replace("graceUntil }", "until }");
    assert.notDeepEqual(await complaints(wrong), []);
  });

  it("make tokens that the service takes", async () => {
    const secret = "0123456789abcdef0123456789abcdef";
    const encoded = new TextEncoder().encode(
      example("token").replace('"jose"', `"${import.meta.resolve("jose")}"`),
    ).toBase64();
    const { tokenFor } = await import(
      `data:application/typescript;base64,${encoded}`
    );
    const key = { kid: "2026a", secret: new TextEncoder().encode(secret) };
    const verify = tokenVerifier({
      named: new NamedKeys([key]),
      now: Date.now,
    });
    const read = await verify(await tokenFor("ann", "standup", secret));
    assert.ok(read.ok);
    assert.equal(read.claims.identity, "ann");
  });
});
