/**
 * Runs one bench in this process and writes its results as JSON:
 * `deno run -A tests/bench/run.ts <bench file> <output file>`.
 */
import { pathToFileURL } from "node:url";
import type { Bench } from "./bench.ts";

const [file, output] = Deno.args;
if (!file || !output) {
  throw new Error("usage: run.ts <bench file> <output file>");
}
const module: { bench?: Bench } = await import(pathToFileURL(file).href);
if (!module.bench) throw new Error(`${file} exports no "bench"`);
await Deno.writeTextFile(output, JSON.stringify(await module.bench()));
