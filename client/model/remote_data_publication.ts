import type { types } from "mediasoup-client";
import type { DataProducerInfo } from "../../protocol/mod.ts";
import type { RemoteParticipant } from "../api/participants.ts";
import type * as api from "../api/publications.ts";
import { errorOf } from "../errors.ts";
import { Subscription } from "../media/subscription.ts";
import { inBackground, type RoomContext } from "./context.ts";
import type { KnownDataProducer } from "./difference.ts";

export class RemoteDataPublication implements api.RemoteDataPublication {
  readonly key: string;
  readonly label: string;
  readonly protocol: string;
  readonly appData: unknown;
  readonly participant: RemoteParticipant;
  readonly #context: RoomContext;
  #producerId: string;
  #isPublished = true;
  #subscription: Subscription<types.DataConsumer> | undefined;

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

  get producerId(): string {
    return this.#producerId;
  }

  /** As the service describes it, for comparison. */
  get known(): KnownDataProducer {
    const { producerId: dataProducerId, key, label, protocol } = this;
    return { dataProducerId, key, label, protocol };
  }

  get subscribed(): boolean {
    return this.#subscription?.consumer !== undefined;
  }

  /** As soon as the service has one. */
  get consumerId(): string | undefined {
    return this.#subscription?.id;
  }

  async subscribe(): Promise<void> {
    if (!this.#isPublished) throw errorOf("cancelled", "it is unpublished");
    await (this.#subscription ??= this.#receive()).opened;
  }

  async unsubscribe(): Promise<void> {
    const subscription = this.#drop();
    if (subscription === undefined) return;
    await inBackground(this.#context, subscription.close());
  }

  /** The service has closed the consumer, or the transport it came over. */
  consumerClosed(): void {
    this.#drop()?.closed();
  }

  /** The same channel comes through another data producer. */
  replaced({ dataProducerId }: DataProducerInfo): void {
    this.#producerId = dataProducerId;
    if (this.#subscription === undefined) return;
    this.consumerClosed();
    void inBackground(this.#context, this.subscribe());
  }

  /** The publication is over, or the room is. */
  unpublished(): void {
    this.#isPublished = false;
    this.consumerClosed();
  }

  #receive(): Subscription<types.DataConsumer> {
    const { receiving } = this.#context.media;
    const { request, ...rest } = receiving.consumingData(this.producerId);
    const subscription: Subscription<types.DataConsumer> = new Subscription({
      ...rest,
      request: async () => {
        const { id, open } = await request();
        return { id, open: async () => this.#listen(await open()) };
      },
    });
    subscription.opened.catch(() => {
      if (this.#subscription === subscription) this.#drop();
    });
    return subscription;
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

  #drop(): Subscription<types.DataConsumer> | undefined {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    return subscription;
  }
}
