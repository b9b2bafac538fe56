/**
 * Files of SQLite, which may be rotten, of another version, or in the hands of
 * another program.
 *
 * @module
 */
import { closeSync, openSync } from "node:fs";
import { rename } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import type { Log } from "./log.ts";

/** Of the tables; a file that says another one is of a program to come. */
const VERSION = 0;
/** Milliseconds that another program may take, such as one that makes a copy. */
const WAIT_MS = 2_000;

/** Results of SQLite that say nothing about what is in the file. */
const passing: ReadonlySet<number> = new Set([
  3, // PERM
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  13, // FULL
  14, // CANTOPEN
  23, // AUTH
]);
const BUSY = 5;

/**
 * `schema`: statements that make what is not there. Waits for other programs
 * now, and never again, since everything else would wait as well.
 *
 * @throws {Error} when it cannot be opened, or not all of it be read.
 */
export function openDatabase(
  path: string,
  schema: readonly string[],
): DatabaseSync {
  beginPrivate(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${WAIT_MS}`);
    // Of `exec`, errors do not say which they are.
    for (const statement of schema) database.prepare(statement).all();
    check(database);
    database.exec("PRAGMA busy_timeout = 0");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Who may look into the folder need not look into it, nor into what is beside. */
function beginPrivate(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch {
    // SQLite says better why not.
  }
}

/** What is found out here would else stop every write, or the next start. */
function check(database: DatabaseSync): void {
  const version = database.prepare("PRAGMA user_version").get()?.user_version;
  if (version !== VERSION) throw new Error(`It is of version ${version}`);
  const found = database.prepare("PRAGMA integrity_check(1)").get()
    ?.integrity_check;
  if (found !== "ok") throw new Error(`It is damaged: ${found}`);
}

/**
 * A file that cannot be read must not keep the service from its start: it is set
 * aside, and begun anew. One that cannot be reached stays where it is.
 *
 * @throws {Error} when it cannot be reached.
 */
export async function openOrSetAside<T>(
  path: string,
  open: (path: string) => T,
  log: Log,
): Promise<T> {
  try {
    return open(path);
  } catch (error) {
    const result = resultOf(error);
    if (result === BUSY) {
      throw new Error(`Cannot open ${path}: another program uses it`);
    }
    if (passing.has(result)) throw error;
    const aside = `${path}.broken-${Date.now()}`;
    log.error("a file cannot be read, and is set aside", {
      file: aside,
      error,
    });
    for (const end of ["", "-wal", "-shm"]) {
      await rename(`${path}${end}`, `${aside}${end}`).catch(() => {});
    }
    return open(path);
  }
}

/** Of SQLite; 0: the error is none of its. The upper bytes say more about it. */
function resultOf(error: unknown): number {
  const isTold = error instanceof Error && "errcode" in error;
  return isTold ? Number(error.errcode) & 0xff : 0;
}
