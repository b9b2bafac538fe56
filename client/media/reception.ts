import { errorOf } from "../errors.ts";
import { type Consuming, Subscription } from "./subscription.ts";
import { isNotFound, isTransient } from "./transient.ts";

/** Receives one thing, whatever transports, producers and consumers carry it. */
export class Reception<C extends { close(): void }> {
  /** Resolves with the first consumer; rejects when there is none before the end. */
  readonly opened: Promise<C>;
  readonly #first = Promise.withResolvers<C>();
  readonly #consuming: () => Consuming<C>;
  readonly #show: (consumer: C) => void;
  #newest: Subscription<C>;
  /** What is shown on until the newest is open. */
  #shown: Subscription<C> | undefined;
  #isOver = false;

  /**
   * `show` hears of each consumer that is open, before the one before is closed;
   * `isRenewed` says of a failure whether a renewal will follow.
   */
  constructor(
    consuming: () => Consuming<C>,
    show: (consumer: C) => void,
    isRenewed: (failure: unknown) => boolean,
  ) {
    this.#consuming = consuming;
    this.#show = show;
    this.opened = this.#first.promise;
    const newest = this.#newest = new Subscription(consuming());
    this.#open(newest).catch((error) => {
      if (this.#newest !== newest || isRenewed(error)) return;
      this.#first.reject(error);
    });
  }

  /** The service's name for the newest consumer, as soon as it has one. */
  get consumerId(): string | undefined {
    return this.#newest.id;
  }

  /** Whether it is the newest, or shown until that is open. */
  holds(consumerId: string): boolean {
    return consumerId === this.#newest.id || consumerId === this.#shown?.id;
  }

  /** The newest, if it is open. */
  get consumer(): C | undefined {
    return this.#newest.consumer;
  }

  /**
   * Consumes anew.
   *
   * @throws {HoldfastError} when there is still only what was there before.
   */
  async renew(): Promise<void> {
    if (this.#newest !== this.#shown) this.#newest.closed();
    const next = this.#newest = new Subscription(this.#consuming());
    try {
      await this.#open(next);
    } catch (error) {
      if (this.#newest !== next || this.#isOver) return;
      // What has become of the producer, the service is about to say.
      if (isNotFound(error) && !isTransient(error)) return;
      throw error;
    }
  }

  /** By this client. Resolves when the service has closed its end. */
  async close(): Promise<void> {
    this.#end();
    await this.#newest.close();
  }

  /** By the service, as far as it had an end of it. */
  closed(): void {
    this.#end();
    this.#newest.closed();
  }

  #end(): void {
    this.#isOver = true;
    this.#first.reject(errorOf("cancelled"));
    if (this.#shown !== this.#newest) this.#shown?.closed();
  }

  async #open(subscription: Subscription<C>): Promise<void> {
    const consumer = await subscription.opened;
    if (this.#newest !== subscription || this.#isOver) {
      throw errorOf("cancelled");
    }
    const old = this.#shown;
    this.#shown = subscription;
    this.#show(consumer);
    old?.closed();
    this.#first.resolve(consumer);
  }
}
