import type { types } from "mediasoup-client";
import { asHoldfastError, HoldfastError } from "../errors.ts";
import type { Ask } from "../signaling/signaling.ts";
import type { LazyTransport } from "./lazy_transport.ts";
import type { Consuming } from "./subscription.ts";
import { receivedRtpParameters, receivedSctpStreamParameters } from "./wire.ts";

/** What is wanted of a consumer when it starts. */
export type ConsumerWish = {
  readonly preferredLayers:
    | { spatialLayer: number; temporalLayer?: number }
    | undefined;
  readonly priority: number | undefined;
  readonly paused: boolean;
};

/** Consumes on the receiving transport. */
export class Receiving {
  readonly #ask: Ask;
  readonly #transport: LazyTransport;

  constructor(ask: Ask, transport: LazyTransport) {
    this.#ask = ask;
    this.#transport = transport;
  }

  /** `wish` is read when it is needed: it may change on the way. */
  consuming(
    producerId: string,
    wish: () => ConsumerWish,
  ): Consuming<types.Consumer> {
    const ask = this.#ask;
    return {
      request: async () => {
        const transport = await this.#transport.get();
        const { preferredLayers } = wish();
        const answer = await ask("consume", {
          transportId: transport.id,
          producerId,
          preferredLayers,
        });
        const id = answer.consumerId;
        const rtpParameters = receivedRtpParameters(answer.rtpParameters);
        const { kind } = answer;
        return {
          id,
          open: () =>
            locally(
              transport,
              transport.consume({ id, producerId, kind, rtpParameters }),
            ),
        };
      },
      start: async (consumerId) => {
        const { priority } = wish();
        if (priority !== undefined) {
          await ask("setConsumerPriority", { consumerId, priority });
        }
        if (wish().paused) return;
        await ask("resumeConsumer", { consumerId });
      },
      release: async (consumerId) => {
        await ask("closeConsumer", { consumerId });
      },
    };
  }

  consumingData(dataProducerId: string): Consuming<types.DataConsumer> {
    const ask = this.#ask;
    return {
      request: async () => {
        const transport = await this.#transport.get();
        const answer = await ask("consumeData", {
          transportId: transport.id,
          dataProducerId,
        });
        const id = answer.dataConsumerId;
        const { label, protocol } = answer;
        const sctpStreamParameters = receivedSctpStreamParameters(
          answer.sctpStreamParameters,
        );
        return {
          id,
          open: () =>
            locally(
              transport,
              transport.consumeData({
                id,
                dataProducerId,
                sctpStreamParameters,
                label,
                protocol,
              }),
            ),
        };
      },
      start: () => Promise.resolve(),
      release: async (dataConsumerId) => {
        await ask("closeDataConsumer", { dataConsumerId });
      },
    };
  }
}

async function locally<C>(
  transport: types.Transport,
  consumer: Promise<C>,
): Promise<C> {
  try {
    return await consumer;
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw asHoldfastError(
      error,
      transport.closed ? "cancelled" : "cannotConsume",
    );
  }
}
