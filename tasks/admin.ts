/**
 * The operator's command line: `deno task admin --help`.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { adminClient, AdminError } from "../admin/client.ts";
import { exists } from "../sfu/cache.ts";
import { accessFor } from "./admin/access.ts";
import { type Command, UsageError } from "./admin/command.ts";
import { participantCommands } from "./admin/commands/participants.ts";
import { roomCommands } from "./admin/commands/rooms.ts";
import { serviceCommands } from "./admin/commands/service.ts";
import { tail } from "./admin/commands/tail.ts";
import { tokenMake } from "./admin/commands/token.ts";
import { printableLines, Terminal } from "./admin/terminal.ts";
import { find, help, helpOf, read } from "./admin/usage.ts";

const COMMANDS: readonly Command[] = [
  ...serviceCommands,
  ...roomCommands,
  ...participantCommands,
  tail,
  tokenMake,
];

const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

async function main(args: string[]): Promise<number> {
  await loadEnvFile();
  try {
    await run(args);
    return exitCodes.done;
  } catch (error) {
    console.error(printableLines(tell(error)));
    return codeOf(error);
  }
}

async function run(args: string[]): Promise<void> {
  const found = find(COMMANDS, args);
  if (found === undefined) return runNothing(args);
  const { command, rest } = found;
  const given = read(command, rest);
  if (given.flag("help")) return console.log(helpOf(command));
  const env = process.env;
  const access = () => accessFor(env, given.text("url"));
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  Deno.addSignalListener("SIGINT", stop);
  try {
    await command.run({
      given,
      env,
      access,
      client: async () => adminClient(await access()),
      terminal: new Terminal({
        isJson: given.flag("json"),
        write: (line) => console.log(line),
        note: (line) => console.error(line),
      }),
      signal: stopping.signal,
    });
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
  }
}

function runNothing([first]: string[]): void {
  if (first === undefined || first === "--help" || first === "-h") {
    return console.log(help(COMMANDS));
  }
  throw new UsageError(`There is no command "${first}": see --help`);
}

/** What stands in the environment goes before what stands in the file. */
async function loadEnvFile(): Promise<void> {
  const path = join(import.meta.dirname ?? ".", "..", ".env");
  if (await exists(path)) process.loadEnvFile(path);
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof AdminError
    ? exitCodes.refused
    : exitCodes.unreachable;
}

function tell(error: unknown): string {
  if (error instanceof AdminError) {
    return `The service refused (${error.problem.status}): ${error.message}`;
  }
  if (error instanceof UsageError) return error.message;
  const isTime = error instanceof DOMException && error.name === "TimeoutError";
  if (isTime) return "The service did not answer in time";
  if (error instanceof TypeError) {
    return `The service cannot be reached: ${error.message}`;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
