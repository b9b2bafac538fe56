import type { types } from "mediasoup-client";
import { asHoldfastError, errorOf, type HoldfastError } from "../errors.ts";
import type { Ports } from "../ports.ts";
import { Serial } from "../serial.ts";
import type { Ask } from "../signaling/signaling.ts";
import { isNotFound } from "./transient.ts";
import { sentSctpStreamParameters } from "./wire.ts";

/** Milliseconds that a data channel may take to open. */
const OPEN_TIMEOUT_MS = 10_000;

export type DataOffer = {
  readonly key: string;
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | undefined;
  readonly maxPacketLifeTime: number | undefined;
  readonly appData: unknown;
};

/** What carries an outgoing channel. */
export interface ChannelCarrier {
  readonly ask: Ask;
  readonly ports: Ports;
  /** Makes a data producer; `announce` gives its end at the service. */
  produceData(
    transport: types.Transport,
    options: types.DataProducerOptions,
    announce: (parameters: types.SctpStreamParameters) => Promise<string>,
  ): Promise<types.DataProducer>;
  forget(channel: OutgoingChannel): void;
  /** Opens one again that has closed by itself. */
  reopen(channel: OutgoingChannel): Promise<void>;
}

/** A published data channel, whatever transports and producers carry it. */
export class OutgoingChannel {
  readonly offer: DataOffer;
  /** Hears that it could not be carried on. */
  onFailed: ((error: HoldfastError) => void) | undefined;
  readonly #carrier: ChannelCarrier;
  readonly #changes = new Serial();
  #transport: types.Transport | undefined;
  #producer: types.DataProducer | undefined;
  /** The newest, also before it is open. */
  #announcedId = "";
  #isClosed = false;

  constructor(carrier: ChannelCarrier, offer: DataOffer) {
    this.#carrier = carrier;
    this.offer = offer;
  }

  /** Empty before there is one. */
  get producerId(): string {
    return this.#producer?.id ?? "";
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedAmount(): number {
    return this.#producer?.bufferedAmount ?? 0;
  }

  /** Whether the service's end by this name is its own. */
  holds(producerId: string): boolean {
    return producerId === this.#announcedId || producerId === this.producerId;
  }

  /** @throws {HoldfastError} when it is not open. */
  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void {
    try {
      this.#producer?.send(data);
    } catch (error) {
      throw asHoldfastError(error, "mediaFailed");
    }
  }

  /** @throws {HoldfastError} when it does not open; there is nothing then. */
  async open(transport: types.Transport, replace: boolean): Promise<void> {
    await this.#changes.run(async () => {
      const producer = await this.#produce(transport, replace);
      try {
        await this.#untilOpen(producer);
      } catch (error) {
        producer.close();
        await this.#release(producer);
        throw error;
      }
    });
  }

  /** The service has its end no more. It is to move, if only to where it is. */
  lost(): void {
    this.#transport = undefined;
  }

  /** Goes on over another transport. It opens when that is connected. */
  async move(transport: types.Transport): Promise<void> {
    await this.#changes.run(async () => {
      const isThere = this.#transport === transport && !this.#producer?.closed;
      if (this.#isClosed || this.#producer === undefined || isThere) return;
      await this.#produce(transport, true);
    });
  }

  /** It cannot be carried on. */
  fail(error: HoldfastError): void {
    if (!this.#isClosed) this.onFailed?.(error);
  }

  /** Here. The service may still have its end. */
  close(): void {
    this.#isClosed = true;
    this.#producer?.close();
    this.#carrier.forget(this);
  }

  /** At the service. What is not there need not be closed. */
  async release(): Promise<void> {
    const { producerId: dataProducerId } = this;
    try {
      await this.#carrier.ask("closeDataProducer", { dataProducerId });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #produce(
    transport: types.Transport,
    replace: boolean,
  ): Promise<types.DataProducer> {
    const { offer } = this;
    const { key, label, protocol, appData } = offer;
    const producer = await this.#carrier.produceData(
      transport,
      optionsOf(offer),
      async (sctpStreamParameters) => {
        const answer = await this.#carrier.ask("produceData", {
          transportId: transport.id,
          key,
          sctpStreamParameters: sentSctpStreamParameters(sctpStreamParameters),
          label,
          protocol,
          replace,
          appData,
        });
        this.#announcedId = answer.dataProducerId;
        return answer.dataProducerId;
      },
    );
    if (this.#isClosed) {
      producer.close();
      await this.#release(producer);
      throw errorOf("cancelled", "the publication has ended");
    }
    const old = this.#producer;
    this.#transport = transport;
    this.#producer = producer;
    old?.close();
    producer.on("open", () => {
      producer.on("close", () => void this.#closedByItself(producer));
    });
    return producer;
  }

  async #closedByItself(producer: types.DataProducer): Promise<void> {
    if (producer !== this.#producer || this.#isClosed) return;
    try {
      await this.#carrier.reopen(this);
    } catch (error) {
      this.fail(asHoldfastError(error, "mediaFailed"));
    }
  }

  /** What cannot be closed at the service is gone there. */
  async #release({ id: dataProducerId }: types.DataProducer): Promise<void> {
    const { ask } = this.#carrier;
    await ask("closeDataProducer", { dataProducerId }).catch(() => {});
  }

  async #untilOpen(producer: types.DataProducer): Promise<void> {
    if (producer.readyState === "open") return;
    const opened = Promise.withResolvers<void>();
    const fail = (detail: string) => () =>
      opened.reject(errorOf("mediaFailed", detail));
    producer.on("open", opened.resolve);
    producer.on("error", opened.reject);
    producer.on("close", fail("the data channel closed"));
    producer.on("transportclose", fail("the transport closed"));
    const callOff = this.#carrier.ports.after(
      OPEN_TIMEOUT_MS,
      fail("the data channel did not open in time"),
    );
    try {
      await opened.promise;
    } finally {
      callOff();
    }
  }
}

function optionsOf(
  { label, protocol, ordered, maxRetransmits, maxPacketLifeTime }: DataOffer,
): types.DataProducerOptions {
  return {
    label,
    protocol,
    ordered,
    ...(maxRetransmits !== undefined && { maxRetransmits }),
    ...(maxPacketLifeTime !== undefined && { maxPacketLifeTime }),
  };
}
