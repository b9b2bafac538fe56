/**
 * Transactions of many: a commit waits for the disk, and takes hardly longer for
 * what has gathered while the one before did.
 *
 * @module
 */

/** What is to be done in one transaction, whatever else is in it. */
export type Part = {
  readonly bytes: number;
  readonly write: (transaction: Deno.AtomicOperation) => void;
};

type Waiting = Part & PromiseWithResolvers<void>;

/** A transaction takes 800 KiB, with what surrounds the values. */
const MAX_BYTES = 720_000;
/** And 1,000 changes, of which a part has some. */
const MAX_PARTS = 100;

export class Commits {
  readonly #kv: Deno.Kv;
  readonly #waiting: Waiting[] = [];
  #isCommitting = false;

  constructor(kv: Deno.Kv) {
    this.#kv = kv;
  }

  /** Resolves when it is on disk. In the order in which they are added. */
  add(part: Part): Promise<void> {
    const waiting = { ...part, ...Promise.withResolvers<void>() };
    this.#waiting.push(waiting);
    if (!this.#isCommitting) void this.#commitAll();
    return waiting.promise;
  }

  async #commitAll(): Promise<void> {
    this.#isCommitting = true;
    while (this.#waiting.length > 0) await this.#commit(this.#next());
    this.#isCommitting = false;
  }

  async #commit(parts: readonly Waiting[]): Promise<void> {
    try {
      const transaction = this.#kv.atomic();
      for (const { write } of parts) write(transaction);
      await transaction.commit();
      for (const { resolve } of parts) resolve();
    } catch (error) {
      for (const { reject } of parts) reject(error);
    }
  }

  /** One at least, and as many as fit. */
  #next(): Waiting[] {
    let bytes = 0;
    const fits = this.#waiting.slice(0, MAX_PARTS).findIndex((part, index) => {
      bytes += part.bytes;
      return index > 0 && bytes > MAX_BYTES;
    });
    return this.#waiting.splice(0, fits < 0 ? MAX_PARTS : fits);
  }
}
