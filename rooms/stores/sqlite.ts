/**
 * What is kept of rooms on disk, in the SQLite that the runtime has: for one
 * process at a time. It writes at once and without a thread of its own, which
 * takes 10 µs a room, where Deno KV takes 1.5 ms until it has committed and
 * cuts what is longer than 64 KiB.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase } from "../../database.ts";
import type { SnapshotStore, Stored } from "../snapshots.ts";

export type SqliteSnapshots = SnapshotStore & { close(): void };

/**
 * What has been written outlives the process, but need not outlive the machine,
 * with which the media ends as well: nothing ever waits for the disk.
 */
const OPEN = [
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = OFF",
  `CREATE TABLE IF NOT EXISTS rooms (
    room TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS aside (
    room TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT`,
];
const LOAD = "SELECT room, epoch, bytes FROM rooms";
const SAVE = `
  INSERT INTO rooms (room, epoch, bytes) VALUES (?, ?, ?)
  ON CONFLICT (room) DO UPDATE
  SET epoch = excluded.epoch, bytes = excluded.bytes
  WHERE excluded.epoch >= epoch
`;
const REMOVE = "DELETE FROM rooms WHERE room = ? AND epoch <= ?";
const SET_ASIDE = "INSERT INTO aside (room, epoch, bytes) VALUES (?, ?, ?)";

/** `path`: a file of its own. @throws {Error} when it cannot be opened. */
export function openSqliteSnapshots(path: string): SqliteSnapshots {
  const database = openDatabase(path, OPEN);
  try {
    return new Snapshots(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Asynchronous only because others are: an error is a rejection. */
class Snapshots implements SqliteSnapshots {
  readonly #database: DatabaseSync;
  readonly #load: StatementSync;
  readonly #save: StatementSync;
  readonly #remove: StatementSync;
  readonly #setAside: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#load = database.prepare(LOAD);
    this.#save = database.prepare(SAVE);
    this.#remove = database.prepare(REMOVE);
    this.#setAside = database.prepare(SET_ASIDE);
  }

  // deno-lint-ignore require-await -- see the class
  async load(): Promise<Stored[]> {
    return this.#load.all().map(({ room, epoch, bytes }) => ({
      room: String(room),
      epoch: Number(epoch),
      // What is wrong with it, whoever decodes it will tell.
      bytes: bytes instanceof Uint8Array ? new Uint8Array(bytes) : nothing(),
    }));
  }

  // deno-lint-ignore require-await -- see the class
  async save(room: string, epoch: number, bytes: Uint8Array): Promise<void> {
    const { changes } = this.#save.run(room, epoch, bytes);
    if (Number(changes) === 1) return;
    throw new Error(`Cannot keep room ${room}: a later epoch has it`);
  }

  // deno-lint-ignore require-await -- see the class
  async remove(room: string, epoch: number): Promise<void> {
    this.#remove.run(room, epoch);
  }

  // deno-lint-ignore require-await -- see the class
  async setAside({ room, epoch, bytes }: Stored): Promise<void> {
    this.#setAside.run(room, epoch, bytes);
    this.#remove.run(room, epoch);
  }

  close(): void {
    this.#database.close();
  }
}

const nothing = () => new Uint8Array();
