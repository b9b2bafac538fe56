/**
 * Brings what happens to deliveries to the store, behind whatever else goes on.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { WebhookStore, Write } from "./store.ts";

export type JournalOptions = {
  readonly store: Pick<WebhookStore, "write">;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
};

/** Of one transaction, so that none holds anything up for long. */
const MAX_WRITES = 200;
const MAX_BYTES = 400_000;
const RETRY_MS = 1_000;

type State = "idle" | "writing" | "waiting";

/**
 * Only the last write for a delivery counts: one that has come and gone before
 * its turn costs nothing.
 */
export class Journal {
  readonly #options: JournalOptions;
  #pending = new Map<number, Write>();
  #state: State = "idle";
  #cancelRetry = () => {};
  #flushed = Promise.withResolvers<void>();

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** How many writes the store has not taken yet. */
  get size(): number {
    return this.#pending.size;
  }

  add(write: Write): void {
    this.#pending.set(numberOf(write), write);
    if (this.#state !== "idle") return;
    this.#state = "writing";
    // What one turn of the event loop brings goes together.
    queueMicrotask(() => this.#run());
  }

  /** Resolves when the store has all, or has refused it. */
  async flush(): Promise<void> {
    if (this.#state === "waiting") this.#retry();
    if (this.#state !== "idle") await this.#flushed.promise;
  }

  /** Gives up what the store has not taken. */
  close(): void {
    this.#cancelRetry();
  }

  async #run(): Promise<void> {
    while (this.#pending.size > 0) {
      const batch = this.#take();
      try {
        await this.#options.store.write(batch);
      } catch (error) {
        this.#putBack(batch);
        return this.#wait(error);
      }
    }
    this.#end("idle");
  }

  #take(): Write[] {
    const batch: Write[] = [];
    let bytes = 0;
    for (const [number, write] of this.#pending) {
      bytes += bytesOf(write);
      if (batch.length === MAX_WRITES) break;
      if (batch.length > 0 && bytes > MAX_BYTES) break;
      batch.push(write);
      this.#pending.delete(number);
    }
    return batch;
  }

  /** What has been said since then counts more. */
  #putBack(batch: readonly Write[]): void {
    const older = batch.map((write) => [numberOf(write), write] as const);
    this.#pending = new Map([...older, ...this.#pending]);
  }

  #wait(error: unknown): void {
    this.#options.onTrouble(error);
    this.#cancelRetry = this.#options.clock.after(
      RETRY_MS,
      () => this.#retry(),
    );
    this.#end("waiting");
  }

  #retry(): void {
    this.#cancelRetry();
    this.#state = "writing";
    this.#run();
  }

  #end(state: State): void {
    this.#state = state;
    this.#flushed.resolve();
    this.#flushed = Promise.withResolvers();
  }
}

function numberOf(write: Write): number {
  switch (write.type) {
    case "queued":
      return write.delivery.number;
    case "dead":
      return write.letter.number;
    case "gone":
      return write.number;
  }
}

/** A UTF-16 unit takes 3 bytes at most. */
function bytesOf(write: Write): number {
  switch (write.type) {
    case "queued":
      return write.delivery.body.length * 3;
    case "dead":
      return write.letter.body.length * 3;
    case "gone":
      return 0;
  }
}
