/**
 * Rolls the types of a module and of all that it uses into one file that
 * imports nothing.
 */
import { rollup, type RollupLog } from "rollup";
import { dts } from "rollup-plugin-dts";
import ts from "typescript";

/** As the modules are checked here, seen by a browser. */
const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2024.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** @throws {Error} when a type cannot be resolved. */
export async function bundleDeclarations(
  input: string,
  output: string,
): Promise<void> {
  const rolled = await rollup({
    input,
    plugins: [
      dts({
        compilerOptions: COMPILER_OPTIONS,
        respectExternal: true,
      }),
    ],
    onwarn: rejectUnresolved,
  });
  await rolled.write({ file: output, format: "es" });
  await rolled.close();
}

function rejectUnresolved({ code, message }: RollupLog): void {
  if (code === "UNRESOLVED_IMPORT") throw new Error(message);
}
