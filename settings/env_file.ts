/** @module */
import { join } from "node:path";
import process from "node:process";
import { exists } from "../files.ts";

const PATH = join(import.meta.dirname ?? ".", "..", ".env");

/**
 * Takes settings from the project's `.env`, where there is one. What stands in
 * the environment goes before what stands in the file.
 */
export async function loadEnvFile(): Promise<void> {
  if (await exists(PATH)) process.loadEnvFile(PATH);
}
