import type { types } from "mediasoup-client";
import type { TrackSource } from "../api/publications.ts";
import { asHoldfastError, errorOf } from "../errors.ts";
import type { Ports } from "../ports.ts";
import type { Ask } from "../signaling/signaling.ts";
import type { LazyTransport } from "./lazy_transport.ts";
import { sentRtpParameters, sentSctpStreamParameters } from "./wire.ts";

/** Milliseconds that a data channel may take to open. */
const OPEN_TIMEOUT_MS = 10_000;

/** A track as it is to be published. */
export type Offer = {
  readonly track: MediaStreamTrack;
  readonly key: string;
  readonly source: TrackSource;
  readonly encodings: types.RtpEncodingParameters[];
  readonly codecOptions: types.ProducerCodecOptions;
  readonly paused: boolean;
  readonly appData: unknown;
};

export type DataOffer = {
  readonly key: string;
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | undefined;
  readonly maxPacketLifeTime: number | undefined;
  readonly appData: unknown;
};

/**
 * Produces on the sending transport. mediasoup-client does what it is asked one
 * after the other on each transport, so that SDP negotiations never overlap.
 */
export class Sending {
  readonly #ask: Ask;
  readonly #ports: Ports;
  readonly #transport: LazyTransport;
  /** What is being offered, by the `appData` that mediasoup-client hands back. */
  readonly #offers = new Map<types.AppData, Offer>();
  readonly #dataOffers = new Map<types.AppData, DataOffer>();

  constructor(ask: Ask, ports: Ports, transport: LazyTransport) {
    this.#ask = ask;
    this.#ports = ports;
    this.#transport = transport;
  }

  /** Gives a new transport its ends at the service. */
  attach(transport: types.Transport): void {
    const { id } = transport;
    transport.on("produce", ({ rtpParameters, appData }, done, failed) => {
      this.#announce(id, rtpParameters, appData).then(done, failed);
    });
    transport.on("producedata", (params, done, failed) => {
      const { sctpStreamParameters, appData } = params;
      this.#announceData(id, sctpStreamParameters, appData).then(done, failed);
    });
  }

  /** @throws {HoldfastError} when there is no producer, at neither end. */
  async produce(offer: Offer): Promise<types.Producer> {
    const transport = await this.#transport.get();
    const appData = {};
    this.#offers.set(appData, offer);
    try {
      return await transport.produce({
        track: offer.track,
        encodings: offer.encodings,
        codecOptions: offer.codecOptions,
        appData,
        // Tracks are the app's, and may be in another room too: they are not
        // stopped, and muting switches encodings off instead of the track.
        stopTracks: false,
        disableTrackOnPause: false,
        zeroRtpOnPause: false,
      });
    } catch (error) {
      throw this.#failure(error, "trackInvalid", transport);
    } finally {
      this.#offers.delete(appData);
    }
  }

  /** @throws {HoldfastError} when it does not open; there is nothing then. */
  async produceData(offer: DataOffer): Promise<types.DataProducer> {
    const transport = await this.#transport.get();
    const { label, protocol, ordered, maxRetransmits, maxPacketLifeTime } =
      offer;
    const appData = {};
    this.#dataOffers.set(appData, offer);
    let producer: types.DataProducer | undefined;
    try {
      producer = await transport.produceData({
        label,
        protocol,
        ordered,
        ...(maxRetransmits !== undefined && { maxRetransmits }),
        ...(maxPacketLifeTime !== undefined && { maxPacketLifeTime }),
        appData,
      });
      await this.#untilOpen(producer);
      return producer;
    } catch (error) {
      producer?.close();
      if (producer) await this.#release(producer.id);
      throw this.#failure(error, "mediaFailed", transport);
    } finally {
      this.#dataOffers.delete(appData);
    }
  }

  async #announce(
    transportId: string,
    rtpParameters: types.RtpParameters,
    offered: types.AppData,
  ): Promise<{ id: string }> {
    const offer = this.#offers.get(offered);
    if (offer === undefined) throw errorOf("cancelled");
    const { track, key, source, paused, appData } = offer;
    const { producerId } = await this.#ask("produce", {
      transportId,
      key,
      kind: track.kind === "audio" ? "audio" : "video",
      source,
      rtpParameters: sentRtpParameters(rtpParameters),
      paused,
      appData,
    });
    return { id: producerId };
  }

  async #announceData(
    transportId: string,
    sctpStreamParameters: types.SctpStreamParameters,
    offered: types.AppData,
  ): Promise<{ id: string }> {
    const offer = this.#dataOffers.get(offered);
    if (offer === undefined) throw errorOf("cancelled");
    const { key, label, protocol, appData } = offer;
    const { dataProducerId } = await this.#ask("produceData", {
      transportId,
      key,
      sctpStreamParameters: sentSctpStreamParameters(sctpStreamParameters),
      label,
      protocol,
      appData,
    });
    return { id: dataProducerId };
  }

  #failure(
    error: unknown,
    name: "trackInvalid" | "mediaFailed",
    transport: types.Transport,
  ): Error {
    return asHoldfastError(error, transport.closed ? "cancelled" : name);
  }

  /** What cannot be closed at the service is gone there. */
  async #release(dataProducerId: string): Promise<void> {
    await this.#ask("closeDataProducer", { dataProducerId }).catch(() => {});
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
    const callOff = this.#ports.after(
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
