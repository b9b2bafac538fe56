import type { Fields, Log } from "../../log.ts";

import { StoreAway } from "./store.ts";

/** Said by a room that has no time left to be kept. */
const STORE_SLOW = "not kept in time";

export type Crash = (error: unknown) => void;

/** Tells of nothing but what must not happen. `isExcused`: nobody is to blame. */
export function quietLog(
  crash: Crash,
  isExcused: (error: unknown) => boolean = (error) =>
    error instanceof StoreAway,
): Log {
  const nothing = () => {};
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (message: string, { error }: Fields = {}) => {
      if (isExcused(error) || message === STORE_SLOW) return;
      crash(error ?? new Error(message));
    },
    with: () => log,
  };
  return log;
}
