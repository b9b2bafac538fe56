/**
 * Deliveries on disk, so that a restart loses none.
 *
 * @module
 */
import { z } from "zod";
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

const QUEUED = ["webhooks", "queued"] as const;
const DEAD = ["webhooks", "dead"] as const;

const Text = new TextDecoder();
const Bytes = new TextEncoder();

/** In the store, texts take two bytes a character, and bytes one. */
const body = z.instanceof(Uint8Array).transform((bytes) => Text.decode(bytes));
const StoredDelivery = z.object({
  number: z.int(),
  receiver: z.string(),
  room: z.string(),
  epoch: z.number(),
  seq: z.int(),
  type: z.string(),
  messageId: z.string(),
  at: z.number(),
  body,
});
const StoredLetter = StoredDelivery.extend({
  attempts: z.int(),
  diedAt: z.number(),
  reason: z.string(),
});

/** `path`: a file of its own. @throws {Error} when it cannot be opened. */
export async function openKvStore(path: string): Promise<WebhookStore> {
  return new KvStore(await Deno.openKv(path));
}

class KvStore implements WebhookStore {
  readonly #kv: Deno.Kv;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  async load(): Promise<Stored> {
    return {
      queued: await this.#list(QUEUED, StoredDelivery),
      dead: await this.#list(DEAD, StoredLetter),
    };
  }

  async write(writes: readonly Write[]): Promise<void> {
    const transaction = this.#kv.atomic();
    for (const write of writes) add(transaction, write);
    await transaction.commit();
  }

  close(): void {
    this.#kv.close();
  }

  /** What another version has written, and this one cannot read, is left out. */
  async #list<T>(prefix: readonly string[], schema: z.ZodType<T>) {
    const found: T[] = [];
    for await (const { value } of this.#kv.list({ prefix: [...prefix] })) {
      const read = schema.safeParse(value);
      if (read.success) found.push(read.data);
    }
    return found;
  }
}

function add(transaction: Deno.AtomicOperation, write: Write): void {
  switch (write.type) {
    case "queued": {
      const { delivery } = write;
      transaction.set([...QUEUED, delivery.number], encoded(delivery));
      return;
    }
    case "dead": {
      const { letter } = write;
      transaction.delete([...QUEUED, letter.number]);
      transaction.set([...DEAD, letter.number], encoded(letter));
      return;
    }
    case "gone":
      transaction.delete([...QUEUED, write.number]);
      transaction.delete([...DEAD, write.number]);
  }
}

const encoded = <T extends Delivery>(delivery: T) => ({
  ...delivery,
  body: Bytes.encode(delivery.body),
});
