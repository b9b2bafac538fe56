import type { types } from "mediasoup-client";
import { asHoldfastError, HoldfastError } from "../errors.ts";
import type { Ports } from "../ports.ts";
import type { Ask } from "../signaling/signaling.ts";
import type { LazyTransport } from "./lazy_transport.ts";
import type { Patience } from "./patience.ts";
import type { Consuming } from "./subscription.ts";
import type { Recreation } from "./recovery/runner.ts";
import { isProducerNotFound, isTransportNotFound } from "./transient.ts";
import { receivedRtpParameters, receivedSctpStreamParameters } from "./wire.ts";

/** What is wanted of a consumer when it starts. */
export type ConsumerWish = {
  readonly preferredLayers:
    | { spatialLayer: number; temporalLayer?: number }
    | undefined;
  readonly priority: number | undefined;
  readonly paused: boolean;
};

/** Something that is received, or about to be. */
export interface Receiver {
  /** Unique in the room, whatever consumers come and go. */
  readonly name: string;
  readonly consumerId: string | undefined;
  /** Of the newest consumer, if that is open. */
  readonly trackId: string | undefined;
  /** Whether the service's end by this name is its own. */
  holds(consumerId: string): boolean;
  /** Whether media should come, for all that is known of its publisher. */
  readonly isExpected: boolean;
  /**
   * Consumes anew, and goes on under what the app has.
   *
   * @throws {HoldfastError} when it has to be done again.
   */
  renew(): Promise<void>;
}

export type ReceivingOptions = {
  readonly ask: Ask;
  readonly ports: Pick<Ports, "newStream">;
  readonly patience: Patience;
  readonly transport: LazyTransport;
  /** Closes the service's end of a transport. */
  readonly release: (transportId: string) => void;
};

/** Consumes on the receiving transport of the moment. */
export class Receiving {
  readonly receivers = new Set<Receiver>();
  readonly newStream: () => MediaStream;
  readonly #ask: Ask;
  readonly #patience: Patience;
  readonly #transport: LazyTransport;
  readonly #release: (transportId: string) => void;
  /** Gone at the service. Their tracks show their last frame until they close. */
  readonly #retired = new Set<types.Transport>();

  constructor({ ask, ports, patience, transport, release }: ReceivingOptions) {
    this.newStream = ports.newStream;
    this.#ask = ask;
    this.#patience = patience;
    this.#transport = transport;
    this.#release = release;
  }

  /** Whether anything should come in. */
  get isExpected(): boolean {
    return [...this.receivers].some(({ isExpected }) => isExpected);
  }

  /** Whether the service's end by this name is of something received. */
  holds(consumerId: string): boolean {
    return [...this.receivers].some((receiver) => receiver.holds(consumerId));
  }

  receiver(name: string): Receiver | undefined {
    return [...this.receivers].find((receiver) => receiver.name === name);
  }

  /** The frames of each video that should move, by the receiver's name. */
  framesOf(framesOfTracks: ReadonlyMap<string, number>): Map<string, number> {
    const frames = new Map<string, number>();
    for (const { name, trackId = "", isExpected } of this.receivers) {
      const count = framesOfTracks.get(trackId);
      if (isExpected && count !== undefined) frames.set(name, count);
    }
    return frames;
  }

  /**
   * Whether it is received anew after it: all on the next transport, or one by
   * the next producer. One that has ended instead is over before it is asked for.
   */
  isRenewedAfter(failure: unknown): boolean {
    return isTransportNotFound(failure) || isProducerNotFound(failure) ||
      this.#transport.isHeld;
  }

  /**
   * Goes on over another transport, with all that is received.
   *
   * @throws {HoldfastError} when it has to be done again.
   */
  async recreate(): Promise<Recreation> {
    const { current } = this.#transport;
    if (current) {
      this.#release(current.id);
      this.#retired.add(current);
    }
    if (this.receivers.size > 0) {
      await this.#transport.replace();
      await Promise.all(
        [...this.receivers].map((receiver) => receiver.renew()),
      );
    } else {
      this.#transport.drop();
    }
    this.close();
    if (this.receivers.size === 0) return "unneeded";
    const isCarrying = [...this.receivers].some(({ consumerId }) => consumerId);
    return isCarrying ? "carrying" : "idle";
  }

  /** Closes here what is gone at the service. */
  close(): void {
    for (const transport of this.#retired) transport.close();
    this.#retired.clear();
  }

  /** `wish` is read when it is needed: it may change on the way. */
  consuming(
    producerId: string,
    wish: () => ConsumerWish,
  ): Consuming<types.Consumer> {
    const ask = this.#ask;
    return {
      request: async () => {
        const [transport, answer] = await this.#on((transportId) => {
          const { preferredLayers } = wish();
          return ask("consume", { transportId, producerId, preferredLayers });
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
      start: (consumerId) =>
        this.#patience.ask(async () => {
          const { priority } = wish();
          if (priority !== undefined) {
            await ask("setConsumerPriority", { consumerId, priority });
          }
          if (!wish().paused) await ask("resumeConsumer", { consumerId });
        }),
      release: async (consumerId) => {
        await ask("closeConsumer", { consumerId });
      },
    };
  }

  consumingData(dataProducerId: string): Consuming<types.DataConsumer> {
    const ask = this.#ask;
    return {
      request: async () => {
        const [transport, answer] = await this.#on((transportId) =>
          ask("consumeData", { transportId, dataProducerId })
        );
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

  /** What the service says of a transport that it does not have is news. */
  #on<T>(
    request: (transportId: string) => Promise<T>,
  ): Promise<[types.Transport, T]> {
    return this.#patience.ask(async () => {
      const transport = await this.#transport.get();
      try {
        return [transport, await request(transport.id)];
      } catch (error) {
        if (isTransportNotFound(error)) this.#transport.gone(transport.id);
        throw error;
      }
    });
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
