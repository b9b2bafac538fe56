/**
 * The operator's command line: `deno task admin --help`.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { exists } from "../sfu/cache.ts";
import { runAdmin } from "./admin/run.ts";

/** What stands in the environment goes before what stands in the file. */
async function loadEnvFile(): Promise<void> {
  const path = join(import.meta.dirname ?? ".", "..", ".env");
  if (await exists(path)) process.loadEnvFile(path);
}

if (import.meta.main) {
  await loadEnvFile();
  const stopping = new AbortController();
  Deno.addSignalListener("SIGINT", () => stopping.abort());
  const code = await runAdmin(Deno.args, {
    env: process.env,
    signal: stopping.signal,
    write: (line) => console.log(line),
    note: (line) => console.error(line),
  });
  Deno.exit(code);
}
