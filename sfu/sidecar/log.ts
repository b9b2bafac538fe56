/**
 * One JSON object a line on standard error.
 *
 * @module
 */
import process from "node:process";

const levels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof levels)[number];

/** What else there is to say of it. Never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

export type Log = {
  readonly [L in LogLevel]: (message: string, fields?: LogFields) => void;
};

export function createLog(
  lowest: LogLevel,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (levels.indexOf(level) < levels.indexOf(lowest)) return;
    const time = new Date().toISOString();
    write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
  };
}
