/**
 * The operator's command line: `deno task admin --help`.
 *
 * @module
 */
import process from "node:process";
import { loadEnvFile } from "../settings/env_file.ts";
import { runAdmin } from "./admin/run.ts";

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
