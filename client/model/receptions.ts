import { asHoldfastError, errorOf } from "../errors.ts";
import type { Receiver } from "../media/receiving.ts";
import { Reception } from "../media/reception.ts";
import type { Consuming } from "../media/subscription.ts";
import { isTransient } from "../media/transient.ts";
import { inBackground, type RoomContext } from "./context.ts";

export type ReceptionsOptions<C> = {
  readonly context: RoomContext;
  readonly receiver: Receiver;
  readonly consuming: () => Consuming<C>;
  /** Hears of each consumer that is open. */
  readonly show?: (consumer: C) => void;
  /** Nothing is received any more. */
  readonly dropped?: () => void;
};

/** How a publication is received: not, or once at a time, until it is over. */
export class Receptions<C extends { close(): void }> {
  readonly #options: ReceptionsOptions<C>;
  #state: "published" | "over" = "published";
  #current: Reception<C> | undefined;

  constructor(options: ReceptionsOptions<C>) {
    this.#options = options;
  }

  /** If it is open. */
  get consumer(): C | undefined {
    return this.#current?.consumer;
  }

  /** As soon as the service has one. */
  get consumerId(): string | undefined {
    return this.#current?.consumerId;
  }

  holds(consumerId: string): boolean {
    return this.#current?.holds(consumerId) ?? false;
  }

  /** Resolves with the first consumer. */
  async subscribe(): Promise<C> {
    if (this.#state === "over") throw errorOf("cancelled", "it is unpublished");
    return await (this.#current ??= this.#receive()).opened;
  }

  async unsubscribe(): Promise<void> {
    const reception = this.#drop();
    if (reception === undefined) return;
    await inBackground(this.#options.context, reception.close());
  }

  /** The service has closed the consumer, or the transport it came over. */
  closed(): void {
    this.#drop()?.closed();
  }

  /** The publication is over, or the room is. */
  end(): void {
    this.#state = "over";
    this.closed();
  }

  /** @throws {HoldfastError} when it has to be done again. */
  async renew(): Promise<void> {
    const reception = this.#current;
    try {
      await reception?.renew();
    } catch (error) {
      if (isTransient(error)) throw error;
      if (this.#current === reception) this.closed();
      const { events } = this.#options.context;
      events.emit("exception", asHoldfastError(error, "cannotConsume"));
    }
  }

  #receive(): Reception<C> {
    const { context, receiver, consuming, show = () => {} } = this.#options;
    const { receiving } = context.media;
    const reception = new Reception<C>(
      consuming,
      show,
      (failure) => receiving.isRenewedAfter(failure),
    );
    reception.opened.catch(() => {
      if (this.#current === reception) this.#drop();
    });
    receiving.receivers.add(receiver);
    return reception;
  }

  /** Whatever comes of it from now on is not for this publication. */
  #drop(): Reception<C> | undefined {
    const { context, receiver, dropped } = this.#options;
    const reception = this.#current;
    this.#current = undefined;
    context.media.receiving.receivers.delete(receiver);
    dropped?.();
    return reception;
  }
}
