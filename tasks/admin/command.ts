/**
 * What a command of `deno task admin` is.
 *
 * @module
 */
import type { ParseArgsOptionDescriptor } from "node:util";
import type { AdminAccess, AdminClient } from "../../admin/client.ts";
import type { Terminal } from "./terminal.ts";

export type Option = ParseArgsOptionDescriptor & {
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
};

export type Given = {
  readonly positionals: readonly string[];
  /** The last one that was given, or undefined. */
  readonly text: (option: string) => string | undefined;
  readonly flag: (option: string) => boolean;
};

export type Context = {
  readonly given: Given;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whom to ask, with which token. */
  readonly access: () => Promise<AdminAccess>;
  readonly client: () => Promise<AdminClient>;
  /** Aborted when the user has had enough. */
  readonly signal: AbortSignal;
};

export type Command = {
  /** Such as `rooms show`. */
  readonly name: string;
  /** Such as `<room>`; those in brackets may be left out. */
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  readonly summary: string;
  readonly run: (context: Context) => Promise<void>;
};

/** What was typed makes no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The positional at this place, which the usage has asked for. */
export function positional({ positionals }: Given, index: number): string {
  const value = positionals[index];
  if (value === undefined) throw new UsageError("Something is missing");
  return value;
}

export function wholeSeconds(text: string, option: string): number {
  const [, amount = "", unit = "s"] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(amount) * (units[unit || "s"] ?? 0);
  if (amount !== "" && seconds > 0) return seconds;
  throw new UsageError(
    `--${option} wants a time such as 90s, 15m, 2h or 7d, and got "${text}"`,
  );
}

const units: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

export function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${what} wants JSON, and got "${text}"`);
  }
}
