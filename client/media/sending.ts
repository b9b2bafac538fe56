import type { types } from "mediasoup-client";
import { asHoldfastError, errorOf } from "../errors.ts";
import type { Ports } from "../ports.ts";
import type { Ask } from "../signaling/signaling.ts";
import type { LazyTransport } from "./lazy_transport.ts";
import {
  type ChannelCarrier,
  type DataOffer,
  OutgoingChannel,
} from "./outgoing_channel.ts";
import type { Patience } from "./patience.ts";
import {
  type Offer,
  OutgoingTrack,
  type TrackCarrier,
} from "./outgoing_track.ts";
import type { Recreation } from "./recovery/runner.ts";
import { isKeyTaken, isTooMany, isTransient } from "./transient.ts";

export type Outgoing = OutgoingTrack | OutgoingChannel;

export type SendingOptions = {
  readonly ask: Ask;
  readonly ports: Ports;
  readonly patience: Patience;
  readonly transport: LazyTransport;
  /** Closes the service's end of a transport. */
  readonly release: (transportId: string) => void;
};

type Announce<Parameters> = (parameters: Parameters) => Promise<string>;

/**
 * All that is published, on the sending transport of the moment.
 * mediasoup-client does what it is asked one after the other on each transport,
 * so that SDP negotiations never overlap.
 */
export class Sending implements TrackCarrier, ChannelCarrier {
  readonly ask: Ask;
  readonly ports: Ports;
  readonly patience: Patience;
  readonly #transport: LazyTransport;
  readonly #release: (transportId: string) => void;
  /** Of what is being produced, by the `appData` that mediasoup-client hands back. */
  readonly #announcing = new Map<
    types.AppData,
    Announce<types.RtpParameters>
  >();
  readonly #announcingData = new Map<
    types.AppData,
    Announce<types.SctpStreamParameters>
  >();
  readonly #tracks = new Set<OutgoingTrack>();
  readonly #channels = new Set<OutgoingChannel>();
  /** Closed here. At the service they hold what has not found its place yet. */
  readonly #retired = new Set<string>();
  #isSuspended = false;

  constructor({ ask, ports, patience, transport, release }: SendingOptions) {
    this.ask = ask;
    this.ports = ports;
    this.patience = patience;
    this.#transport = transport;
    this.#release = release;
  }

  /** Whether anything should leave, and be answered. */
  get isExpected(): boolean {
    return [...this.#tracks].some((track) =>
      track.producerId && !track.isMuted
    );
  }

  /** Or about to be. */
  get published(): Outgoing[] {
    return [...this.#tracks, ...this.#channels];
  }

  /** Whether the service's end by this name is of something published. */
  holds(producerId: string): boolean {
    return this.published.some((outgoing) => outgoing.holds(producerId));
  }

  /** Gives a new transport its ends at the service. */
  attach(transport: types.Transport): void {
    transport.on("produce", ({ rtpParameters, appData }, done, failed) => {
      const announce = this.#announcing.get(appData) ?? refuse;
      announce(rtpParameters).then((id) => done({ id }), failed);
    });
    transport.on("producedata", (params, done, failed) => {
      const { sctpStreamParameters, appData } = params;
      const announce = this.#announcingData.get(appData) ?? refuse;
      announce(sctpStreamParameters).then((id) => done({ id }), failed);
    });
  }

  /** @throws {HoldfastError} when there is no producer, at neither end. */
  async publish(offer: Offer): Promise<OutgoingTrack> {
    const track = new OutgoingTrack(this, offer, this.#isSuspended);
    this.#tracks.add(track);
    try {
      await this.#place((transport, replace) => track.open(transport, replace));
      return track;
    } catch (error) {
      this.#tracks.delete(track);
      throw error;
    }
  }

  /** @throws {HoldfastError} when it does not open; there is nothing then. */
  async publishData(offer: DataOffer): Promise<OutgoingChannel> {
    const channel = new OutgoingChannel(this, offer);
    this.#channels.add(channel);
    try {
      await this.#place((transport, replace) =>
        channel.open(transport, replace)
      );
      return channel;
    } catch (error) {
      this.#channels.delete(channel);
      throw error;
    }
  }

  setSuspended(suspended: boolean): void {
    this.#isSuspended = suspended;
    for (const track of this.#tracks) {
      // A failure leaves the track as it was, and the next change tries again.
      track.setSuspended(suspended).catch(() => {});
    }
  }

  /**
   * Goes on over another transport, with all that is published. The old one goes
   * when all of it has its place, so that the others see no track come and go.
   *
   * @throws {HoldfastError} when it has to be done again.
   */
  async recreate(): Promise<Recreation> {
    const { current } = this.#transport;
    // What waits for answers on it need not wait any longer.
    current?.close();
    if (current) this.#retired.add(current.id);
    if (this.published.length === 0) {
      this.#transport.drop();
      this.#closeRetired();
      return "unneeded";
    }
    const transport = await this.#replacement();
    await Promise.all(
      this.published.map((outgoing) => this.#move(outgoing, transport)),
    );
    this.#closeRetired();
    return "carrying";
  }

  /**
   * Publishes what the service has lost again, under the same key.
   *
   * @throws {HoldfastError} when it has to be done again.
   */
  async renew(outgoing: Outgoing): Promise<void> {
    if (outgoing.isClosed) return;
    outgoing.lost();
    await this.#transport.use((transport) => this.#move(outgoing, transport));
  }

  /** Closes the service's end of a transport, when nothing waits for what is on it. */
  retire(transportId: string): void {
    if (this.#retired.size > 0) this.#retired.add(transportId);
    else this.#release(transportId);
  }

  async reopen(channel: OutgoingChannel): Promise<void> {
    await this.#transport.use((transport) => channel.open(transport, true));
  }

  forget(outgoing: Outgoing): void {
    if (outgoing instanceof OutgoingTrack) this.#tracks.delete(outgoing);
    else this.#channels.delete(outgoing);
  }

  async produce(
    transport: types.Transport,
    options: types.ProducerOptions,
    announce: Announce<types.RtpParameters>,
  ): Promise<types.Producer> {
    const appData = {};
    this.#announcing.set(appData, announce);
    try {
      return await transport.produce({ ...options, appData });
    } catch (error) {
      throw asHoldfastError(
        error,
        transport.closed ? "cancelled" : "trackInvalid",
      );
    } finally {
      this.#announcing.delete(appData);
    }
  }

  async produceData(
    transport: types.Transport,
    options: types.DataProducerOptions,
    announce: Announce<types.SctpStreamParameters>,
  ): Promise<types.DataProducer> {
    const appData = {};
    this.#announcingData.set(appData, announce);
    try {
      return await transport.produceData({ ...options, appData });
    } catch (error) {
      throw asHoldfastError(
        error,
        transport.closed ? "cancelled" : "mediaFailed",
      );
    } finally {
      this.#announcingData.delete(appData);
    }
  }

  /** Keys are unique here: what has one at the service is a leftover of this. */
  async #place(
    open: (transport: types.Transport, replace: boolean) => Promise<void>,
  ): Promise<void> {
    let isTaken = false;
    await this.patience.ask(() =>
      this.#transport.use(async (transport, isRepeated) => {
        try {
          await open(transport, isTaken || isRepeated);
        } catch (error) {
          if (!isKeyTaken(error)) throw error;
          isTaken = true;
          await open(transport, true);
        }
      })
    );
  }

  async #replacement(): Promise<types.Transport> {
    try {
      return await this.#transport.replace();
    } catch (error) {
      // Where there is no place for two, the others see the tracks go.
      if (isTooMany(error)) this.#closeRetired();
      throw error;
    }
  }

  #closeRetired(): void {
    for (const id of this.#retired) this.#release(id);
    this.#retired.clear();
  }

  /** What fails for good ends alone. */
  async #move(
    outgoing: Outgoing,
    transport: types.Transport,
  ): Promise<void> {
    try {
      await outgoing.move(transport);
    } catch (error) {
      if (isTransient(error)) throw error;
      outgoing.fail(asHoldfastError(error, "mediaFailed"));
      // The service may hold its place, under the producer that it had.
      outgoing.release().catch(() => {});
    }
  }
}

const refuse = (): Promise<never> => Promise.reject(errorOf("cancelled"));
