import type { types } from "mediasoup-client";
import type * as api from "../api/publications.ts";
import { asHoldfastError } from "../errors.ts";
import type { DataOffer } from "../media/sending.ts";
import { inBackground, type RoomContext } from "./context.ts";

export class LocalDataPublication implements api.LocalDataPublication {
  readonly key: string;
  readonly label: string;
  readonly protocol: string;
  readonly appData: unknown;
  readonly #context: RoomContext;
  readonly #producer: types.DataProducer;
  readonly #forget: () => void;

  constructor(
    context: RoomContext,
    offer: DataOffer,
    producer: types.DataProducer,
    forget: () => void,
  ) {
    this.#context = context;
    this.key = offer.key;
    this.label = offer.label;
    this.protocol = offer.protocol;
    this.appData = offer.appData;
    this.#producer = producer;
    this.#forget = forget;
    producer.on("close", () => this.#release());
  }

  get producerId(): string {
    return this.#producer.id;
  }

  get bufferedAmount(): number {
    return this.#producer.bufferedAmount;
  }

  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void {
    try {
      this.#producer.send(data);
    } catch (error) {
      throw asHoldfastError(error, "mediaFailed");
    }
  }

  async close(): Promise<void> {
    if (this.#producer.closed) return;
    this.#producer.close();
    await this.#release();
  }

  /** At the service it is gone already. */
  closed(): void {
    this.#producer.close();
    this.#forget();
  }

  /** The room is over. */
  roomClosed(): void {
    this.#producer.close();
  }

  async #release(): Promise<void> {
    this.#forget();
    const { ask } = this.#context;
    const { id: dataProducerId } = this.#producer;
    await inBackground(
      this.#context,
      ask("closeDataProducer", { dataProducerId }),
    );
  }
}
