import type { types } from "mediasoup-client";
import type { DataProducerInfo } from "../../protocol/mod.ts";
import type { RemoteParticipant } from "../api/participants.ts";
import type * as api from "../api/publications.ts";
import { asHoldfastError, errorOf } from "../errors.ts";
import type { Receiver } from "../media/receiving.ts";
import { Reception } from "../media/reception.ts";
import type { Consuming } from "../media/subscription.ts";
import { isTransient } from "../media/transient.ts";
import { inBackground, type RoomContext } from "./context.ts";
import type { KnownDataProducer } from "./difference.ts";

export class RemoteDataPublication
  implements api.RemoteDataPublication, Receiver {
  readonly trackId = undefined;
  /** Messages may be sent at any time, or never. */
  readonly isExpected = false;
  readonly key: string;
  readonly label: string;
  readonly protocol: string;
  readonly appData: unknown;
  readonly participant: RemoteParticipant;
  readonly #context: RoomContext;
  #producerId: string;
  #isPublished = true;
  #reception: Reception<types.DataConsumer> | undefined;

  constructor(
    context: RoomContext,
    participant: RemoteParticipant,
    info: DataProducerInfo,
  ) {
    this.#context = context;
    this.participant = participant;
    this.key = info.key;
    this.label = info.label;
    this.protocol = info.protocol;
    this.appData = info.appData;
    this.#producerId = info.dataProducerId;
  }

  get name(): string {
    return `${this.participant.sessionId} data ${this.key}`;
  }

  get producerId(): string {
    return this.#producerId;
  }

  /** As the service describes it, for comparison. */
  get known(): KnownDataProducer {
    const { producerId: dataProducerId, key, label, protocol } = this;
    return { dataProducerId, key, label, protocol };
  }

  get subscribed(): boolean {
    return this.#reception?.consumer !== undefined;
  }

  /** As soon as the service has one. */
  get consumerId(): string | undefined {
    return this.#reception?.consumerId;
  }

  holds(consumerId: string): boolean {
    return this.#reception?.holds(consumerId) ?? false;
  }

  async subscribe(): Promise<void> {
    if (!this.#isPublished) throw errorOf("cancelled", "it is unpublished");
    await (this.#reception ??= this.#receive()).opened;
  }

  async unsubscribe(): Promise<void> {
    const reception = this.#drop();
    if (reception === undefined) return;
    await inBackground(this.#context, reception.close());
  }

  /** The service has closed the consumer, or the transport it came over. */
  consumerClosed(): void {
    this.#drop()?.closed();
  }

  /** The same channel comes through another data producer. */
  replaced({ dataProducerId }: DataProducerInfo): void {
    this.#producerId = dataProducerId;
    void inBackground(this.#context, this.renew());
  }

  async renew(): Promise<void> {
    const reception = this.#reception;
    try {
      await reception?.renew();
    } catch (error) {
      if (isTransient(error)) throw error;
      if (this.#reception === reception) this.consumerClosed();
      const { events } = this.#context;
      events.emit("exception", asHoldfastError(error, "cannotConsume"));
    }
  }

  /** The publication is over, or the room is. */
  unpublished(): void {
    this.#isPublished = false;
    this.consumerClosed();
  }

  #receive(): Reception<types.DataConsumer> {
    const { receiving } = this.#context.media;
    const reception: Reception<types.DataConsumer> = new Reception(
      () => this.#consuming(),
      () => {},
      (failure) => receiving.isRenewedAfter(failure),
    );
    reception.opened.catch(() => {
      if (this.#reception === reception) this.#drop();
    });
    receiving.receivers.add(this);
    return reception;
  }

  #consuming(): Consuming<types.DataConsumer> {
    const { receiving } = this.#context.media;
    const { request, ...rest } = receiving.consumingData(this.#producerId);
    return {
      ...rest,
      request: async () => {
        const { id, open } = await request();
        return { id, open: async () => this.#listen(await open()) };
      },
    };
  }

  /** From the start: the first message can come with the channel. */
  #listen(consumer: types.DataConsumer): types.DataConsumer {
    consumer.binaryType = "arraybuffer";
    consumer.on("message", (data: string | ArrayBuffer) => {
      const { events } = this.#context;
      events.emit("dataReceived", data, this, this.participant);
    });
    return consumer;
  }

  #drop(): Reception<types.DataConsumer> | undefined {
    const reception = this.#reception;
    this.#reception = undefined;
    this.#context.media.receiving.receivers.delete(this);
    return reception;
  }
}
