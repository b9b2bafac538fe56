import type { Fields, Log } from "../../log.ts";

export type Crash = (error: unknown) => void;

/** Tells of nothing but what must not happen. */
export function quietLog(crash: Crash): Log {
  const nothing = () => {};
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (message: string, fields: Fields = {}) =>
      crash(fields.error ?? new Error(message)),
    with: () => log,
  };
  return log;
}
