/**
 * The commands in words, and words as commands.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  type Command,
  type Given,
  type Option,
  UsageError,
} from "./command.ts";

/** What every command takes. */
const commonOptions = {
  url: {
    type: "string",
    value: "<url>",
    help: "of the service [HOLDFAST_URL, or this machine at PORT]",
  },
  json: { type: "boolean", help: "prints JSON for programs" },
  help: { type: "boolean", short: "h", help: "prints this" },
} as const satisfies Record<string, Option>;

const INTRODUCTION = `Manages a running Holdfast service.

Usage: deno task admin <command> [options]`;

const NOTES = `A command with --help prints the options of its own.

<who> is a session id, or an identity that is in the room once.

The token comes from HOLDFAST_ADMIN_TOKEN, or is made of the first of
TOKEN_KEYS in the environment or in .env. A service in development mode on
this machine gives one.

Exit codes: 0 done, 1 the service refused, 2 wrong usage, 3 no answer.`;

export function help(commands: readonly Command[]): string {
  const rows = commands.map((command) =>
    [usageOf(command), command.summary] as const
  );
  return [
    INTRODUCTION,
    section("Commands", rows),
    section("Options", optionRows(commonOptions)),
    NOTES,
  ].join("\n\n");
}

export function helpOf(command: Command): string {
  const own = optionRows(command.options);
  return [
    `${usageOf(command)}: ${command.summary}`,
    `Usage: deno task admin ${usageOf(command)} [options]`,
    section("Options", [...own, ...optionRows(commonOptions)]),
  ].join("\n\n");
}

const usageOf = ({ name, positionals }: Command) =>
  [name, ...positionals].join(" ");

const optionRows = (options: Readonly<Record<string, Option>>) =>
  Object.entries(options).map(([name, { value, help }]) =>
    [`--${name}${value === undefined ? "" : ` ${value}`}`, help] as const
  );

function section(
  title: string,
  rows: readonly (readonly [string, string])[],
): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) =>
    `  ${left.padEnd(width)}  ${right}`
  );
  return [`${title}:`, ...lines].join("\n");
}

/** The command that these words begin with, and the rest of them. */
export function find(
  commands: readonly Command[],
  args: readonly string[],
): { command: Command; rest: string[] } | undefined {
  for (const command of commands) {
    const words = command.name.split(" ");
    if (words.every((word, index) => args[index] === word)) {
      return { command, rest: args.slice(words.length) };
    }
  }
  return undefined;
}

/** @throws {UsageError} */
export function read(command: Command, args: string[]): Given {
  const options = { ...command.options, ...commonOptions };
  const { values, positionals } = parsed(args, options);
  const least = command.positionals.filter((one) => one.startsWith("<")).length;
  const isGiven = positionals.length >= least;
  if (!(values.help === true) && !isGiven) {
    throw new UsageError(
      `${command.positionals[positionals.length]} is missing`,
    );
  }
  const extra = positionals[command.positionals.length];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one too many`);
  return {
    positionals,
    text(option) {
      const value = values[option];
      return typeof value === "string" ? value : undefined;
    },
    flag: (option) => values[option] === true,
  };
}

function parsed(
  args: string[],
  options: Readonly<Record<string, Option>>,
) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}
