/**
 * Deliveries on disk, in the SQLite that the runtime has, so that a restart
 * loses none.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { z } from "zod";
import { openDatabase } from "../database.ts";
import type { DeadLetter, Delivery } from "./delivery.ts";

export type Stored = {
  /** In the order of their numbers. */
  readonly queued: readonly Delivery[];
  readonly dead: readonly DeadLetter[];
};

export type Write =
  | { readonly type: "queued"; readonly delivery: Delivery }
  | { readonly type: "dead"; readonly letter: DeadLetter }
  | { readonly type: "gone"; readonly number: number };

export interface WebhookStore {
  load(): Promise<Stored>;
  /** All of them or none. @throws {Error} when the disk does not take them. */
  write(writes: readonly Write[]): Promise<void>;
  close(): void;
}

/**
 * What was committed outlives the process; of a power cut the last may be lost.
 * For one process at a time: two would give the same numbers to deliveries.
 */
const OPEN = [
  "PRAGMA locking_mode = EXCLUSIVE",
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = NORMAL",
  `CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    value TEXT NOT NULL
  ) STRICT`,
];
const LOAD = "SELECT value FROM deliveries WHERE state = ? ORDER BY number";
const PUT =
  "INSERT OR REPLACE INTO deliveries (number, state, value) VALUES (?, ?, ?)";
const REMOVE = "DELETE FROM deliveries WHERE number = ?";

const StoredDelivery = z.object({
  number: z.int(),
  receiver: z.string(),
  room: z.string(),
  epoch: z.number(),
  seq: z.int(),
  type: z.string(),
  messageId: z.string(),
  at: z.number(),
  body: z.string(),
});
const StoredLetter = StoredDelivery.extend({
  attempts: z.int(),
  diedAt: z.number(),
  reason: z.string(),
});

/** `path`: a file of its own. @throws {Error} when it cannot be opened. */
export function openWebhookStore(path: string): WebhookStore {
  const database = openDatabase(path, OPEN);
  try {
    return new Store(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Asynchronous only because others may be: an error is a rejection. */
class Store implements WebhookStore {
  readonly #database: DatabaseSync;
  readonly #load: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#load = database.prepare(LOAD);
    this.#put = database.prepare(PUT);
    this.#remove = database.prepare(REMOVE);
  }

  // deno-lint-ignore require-await -- see the class
  async load(): Promise<Stored> {
    return {
      queued: this.#list("queued", StoredDelivery),
      dead: this.#list("dead", StoredLetter),
    };
  }

  // deno-lint-ignore require-await -- see the class
  async write(writes: readonly Write[]): Promise<void> {
    this.#database.exec("BEGIN");
    try {
      for (const write of writes) this.#write(write);
      this.#database.exec("COMMIT");
    } catch (error) {
      // A full disk has done that already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #write(write: Write): void {
    switch (write.type) {
      case "queued": {
        const { delivery } = write;
        this.#put.run(delivery.number, "queued", JSON.stringify(delivery));
        return;
      }
      case "dead": {
        const { letter } = write;
        this.#put.run(letter.number, "dead", JSON.stringify(letter));
        return;
      }
      case "gone":
        this.#remove.run(write.number);
    }
  }

  /** What another version has written, and this one cannot read, is left out. */
  #list<T>(state: Write["type"], schema: z.ZodType<T>): T[] {
    return this.#load.all(state).flatMap(({ value }) => {
      const read = schema.safeParse(parsed(String(value)));
      return read.success ? [read.data] : [];
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
