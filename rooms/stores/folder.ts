/**
 * The folder in which a process keeps what is to outlive it. One process has it
 * at a time: two would take each other's rooms over.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openOrSetAside } from "../../database.ts";
import type { Log } from "../../log.ts";
import { openSqliteSnapshots, type SqliteSnapshots } from "./sqlite.ts";

export type StateFolder = Disposable & {
  readonly path: string;
  readonly snapshots: SqliteSnapshots;
};

const LOCK = "lock";
const ROOMS = "rooms.sqlite";
const IN_USE = "another process uses it: set another STATE_FOLDER for this one";

/**
 * None where that is not possible, of which the log tells: without it, rooms end
 * with their process.
 */
export async function openStateFolder(
  path: string,
  log: Log,
): Promise<StateFolder | undefined> {
  try {
    return await open(path, log);
  } catch (error) {
    log.warn("rooms will end with this process", {
      folder: path,
      reason: error instanceof Error ? error.message : String(error),
    });
    return undefined;
  }
}

async function open(path: string, log: Log): Promise<StateFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  // The system lets go of it when the process ends, however it does.
  const lock = await Deno.open(join(path, LOCK), { create: true, write: true });
  try {
    if (!await lock.tryLock(true)) throw new Error(IN_USE);
    const file = join(path, ROOMS);
    const snapshots = await openOrSetAside(file, openSqliteSnapshots, log);
    return {
      path,
      snapshots,
      [Symbol.dispose]() {
        snapshots.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}
