/**
 * The deliveries that have not arrived yet: no more of them than may be.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Delivery } from "./delivery.ts";

export type BacklogOptions = {
  /** Deliveries that may wait; more are dropped. */
  readonly maxQueued: number;
  readonly clock: Clock;
  readonly log: Log;
};

type Waiting = Pick<Delivery, "number" | "body">;

/** Characters in all that waits. */
const MAX_SIZE = 64 * 1_024 * 1_024;

export class Backlog {
  readonly #options: BacklogOptions;
  readonly #numbers = new Set<number>();
  #size = 0;
  #dropped = 0;
  /** Does not change with every single place. */
  #state: "open" | "full" = "open";
  #onEmpty = () => {};

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#numbers.size;
  }

  /** Since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** False: there is no place, and it is dropped. */
  add(delivery: Waiting): boolean {
    const hasPlace = this.count < this.#options.maxQueued &&
      this.#size + delivery.body.length <= MAX_SIZE;
    if (hasPlace) this.restore(delivery);
    else this.#drop();
    return hasPlace;
  }

  /** For one that has had its place before. */
  restore({ number, body }: Waiting): void {
    this.#numbers.add(number);
    this.#size += body.length;
  }

  remove({ number, body }: Waiting): void {
    if (!this.#numbers.delete(number)) return;
    this.#size -= body.length;
    if (this.count === 0) this.#onEmpty();
    const { maxQueued, log } = this.#options;
    if (this.#state === "open" || this.count > maxQueued / 2) return;
    this.#state = "open";
    log.info("webhooks queued again", { dropped: this.#dropped });
  }

  /** Waits until nothing waits any more, but not longer than that. */
  async emptied(withinMs: number): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(withinMs, resolve);
      this.#onEmpty = () => {
        cancel();
        resolve();
      };
    });
  }

  #drop(): void {
    this.#dropped += 1;
    if (this.#state === "full") return;
    this.#state = "full";
    const queued = this.count;
    this.#options.log.error("webhooks dropped: the queue is full", { queued });
  }
}
