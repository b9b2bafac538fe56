import type { types } from "mediasoup-client";
import type { DataProducerInfo } from "../../protocol/mod.ts";
import type { RemoteParticipant } from "../api/participants.ts";
import type * as api from "../api/publications.ts";
import type { Receiver } from "../media/receiving.ts";
import type { Consuming } from "../media/subscription.ts";
import { inBackground, type RoomContext } from "./context.ts";
import type { KnownDataProducer } from "./difference.ts";
import { Receptions } from "./receptions.ts";

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
  readonly #receptions: Receptions<types.DataConsumer>;
  #producerId: string;

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
    this.#receptions = new Receptions({
      context,
      receiver: this,
      consuming: () => this.#consuming(),
    });
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
    return this.#receptions.consumer !== undefined;
  }

  /** As soon as the service has one. */
  get consumerId(): string | undefined {
    return this.#receptions.consumerId;
  }

  holds(consumerId: string): boolean {
    return this.#receptions.holds(consumerId);
  }

  async subscribe(): Promise<void> {
    await this.#receptions.subscribe();
  }

  unsubscribe(): Promise<void> {
    return this.#receptions.unsubscribe();
  }

  /** The service has closed the consumer, or the transport it came over. */
  consumerClosed(): void {
    this.#receptions.closed();
  }

  /** The same channel comes through another data producer. */
  replaced({ dataProducerId }: DataProducerInfo): void {
    this.#producerId = dataProducerId;
    void inBackground(this.#context, this.renew());
  }

  renew(): Promise<void> {
    return this.#receptions.renew();
  }

  /** The publication is over, or the room is. */
  unpublished(): void {
    this.#receptions.end();
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
}
