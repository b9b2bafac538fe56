/**
 * One run of the command line: words in, an exit code out.
 *
 * @module
 */
import { adminClient, AdminError } from "../../admin/client.ts";
import { accessFor } from "./access.ts";
import { type Command, type Context, UsageError } from "./command.ts";
import { participantCommands } from "./commands/participants.ts";
import { roomCommands } from "./commands/rooms.ts";
import { serviceCommands } from "./commands/service.ts";
import { tail } from "./commands/tail.ts";
import { tokenMake } from "./commands/token.ts";
import { printableLines, Terminal } from "./terminal.ts";
import { find, help, helpOf, read } from "./usage.ts";

const COMMANDS: readonly Command[] = [
  ...serviceCommands,
  ...roomCommands,
  ...participantCommands,
  tail,
  tokenMake,
];

const WHERE =
  "Does it run? --url or HOLDFAST_URL says where it is, where that is not this machine at PORT";

const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

export type Surroundings = Pick<Context, "env" | "signal"> & {
  /** One line to standard output. */
  readonly write: (line: string) => void;
  /** One line to standard error. */
  readonly note: (line: string) => void;
};

/** Returns the exit code. */
export async function runAdmin(
  args: readonly string[],
  around: Surroundings,
): Promise<number> {
  try {
    await run(args, around);
    return exitCodes.done;
  } catch (error) {
    around.note(printableLines(tell(error)));
    return codeOf(error);
  }
}

async function run(
  args: readonly string[],
  { env, signal, write, note }: Surroundings,
): Promise<void> {
  const found = find(COMMANDS, args);
  if (found === undefined) return write(helpFor(args));
  const { command, rest } = found;
  const given = read(command, rest);
  if (given.flag("help")) return write(helpOf(command));
  const access = () => accessFor(env, given.text("url"));
  await command.run({
    given,
    env,
    access,
    client: async () => adminClient(await access()),
    terminal: new Terminal({ isJson: given.flag("json"), write, note }),
    signal,
  });
}

/** @throws {UsageError} for words that are no command. */
function helpFor([first]: readonly string[]): string {
  if (first === undefined || first === "--help" || first === "-h") {
    return help(COMMANDS);
  }
  const related = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (related.length > 0) return help(related);
  throw new UsageError(`There is no command "${first}": see --help`);
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
    // It is the cause that names the address.
    const { message } = error.cause instanceof Error ? error.cause : error;
    return `The service cannot be reached: ${message}\n${WHERE}`;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
