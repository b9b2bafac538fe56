/**
 * One line a step, to be read by machines (JSON) or by people (pretty).
 *
 * @module
 */

export const levels = ["debug", "info", "warn", "error", "silent"] as const;
export type Level = (typeof levels)[number];
export const formats = ["json", "pretty"] as const;
export type Format = (typeof formats)[number];

export type Fields = Readonly<Record<string, unknown>>;

/** `message` is a fixed phrase; what varies goes into `fields`. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A log that adds these fields to every line. */
  with(fields: Fields): Log;
}

export type LogOptions = {
  /** Lines below it are dropped. */
  readonly level: Level;
  readonly format: Format;
  /** What every line says besides, when it is written. */
  readonly context?: () => Fields;
  /** Where a line goes, without its newline [standard error]. */
  readonly write?: (line: string) => void;
};

const render = { json, pretty } satisfies Record<
  Format,
  (level: Level, message: string, fields: Fields) => string
>;

export function createLog(options: LogOptions): Log {
  const { level: lowest, format, write = toStandardError } = options;
  const { context = () => ({}) } = options;
  const threshold = levels.indexOf(lowest);

  const child = (base: Fields): Log => {
    const at = (level: Level) => {
      if (levels.indexOf(level) < threshold) return () => {};
      return (message: string, fields?: Fields) =>
        write(
          render[format](level, message, { ...base, ...fields, ...context() }),
        );
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      with: (fields) => child({ ...base, ...fields }),
    };
  };
  return child({});
}

const encoder = new TextEncoder();
/** Standard output is left to what was asked for, so that it can be piped. */
function toStandardError(line: string): void {
  Deno.stderr.writeSync(encoder.encode(`${line}\n`));
}

function json(level: Level, message: string, fields: Fields): string {
  const time = new Date().toISOString();
  return JSON.stringify({ time, level, message, ...fields }, plain);
}

function pretty(level: Level, message: string, fields: Fields): string {
  const time = new Date().toISOString().slice(11, 23);
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${inline(value)}`);
  return `${time} ${level.padEnd(5)} ${message}${rest.join("")}`;
}

function inline(value: unknown): string {
  if (value instanceof Error) return value.stack ?? String(value);
  return typeof value === "string" && /^[^\s="]+$/.test(value)
    ? value
    : JSON.stringify(value, plain);
}

/** `JSON.stringify` makes `{}` of an error. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.stack ?? String(value) : value;
}
