import type { types } from "mediasoup-client";
import type { TrackSource } from "../api/tracks.ts";
import { asHoldfastError, errorOf, type HoldfastError } from "../errors.ts";
import { Serial } from "../serial.ts";
import type { Ask } from "../signaling/signaling.ts";
import { encodingsFor } from "./encodings.ts";
import type { Patience } from "./patience.ts";
import { isMutedByServer, isNotFound } from "./transient.ts";
import { sentRtpParameters } from "./wire.ts";

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

/** What carries an outgoing track. */
export interface TrackCarrier {
  readonly ask: Ask;
  readonly patience: Pick<Patience, "ask">;
  /** Makes a producer; `announce` gives its end at the service. */
  produce(
    transport: types.Transport,
    options: types.ProducerOptions,
    announce: (rtpParameters: types.RtpParameters) => Promise<string>,
  ): Promise<types.Producer>;
  forget(track: OutgoingTrack): void;
}

export interface OutgoingListener {
  /** The track has ended by itself. */
  ended(): void;
  /** It could not be carried on. */
  failed(error: HoldfastError): void;
  /** The service will not have it unmuted. */
  mutedByServer(): void;
}

/** A published track, whatever transports and producers carry it. */
export class OutgoingTrack {
  readonly offer: Offer;
  listener: OutgoingListener | undefined;
  readonly #carrier: TrackCarrier;
  /** What the service is told, and what needs a producer that stays. */
  readonly #changes = new Serial();
  readonly #encodings = new Serial();
  #track: MediaStreamTrack;
  #transport: types.Transport | undefined;
  #producer: types.Producer | undefined;
  /** The newest, also before it is open. */
  #announcedId = "";
  #isClosed = false;
  #isMuted: boolean;
  /** What the service knows of it; undefined when that is not known. */
  #isHeld: boolean | undefined;
  #isSuspended: boolean;
  /** What the encodings are. */
  #isActive = false;

  constructor(carrier: TrackCarrier, offer: Offer, isSuspended: boolean) {
    this.#carrier = carrier;
    this.offer = offer;
    this.#track = offer.track;
    this.#isMuted = offer.paused;
    this.#isHeld = offer.paused;
    this.#isSuspended = isSuspended;
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Empty before it is open. */
  get producerId(): string {
    return this.#producer?.id ?? "";
  }

  /** Whether the service's end by this name is its own. */
  holds(producerId: string): boolean {
    return producerId === this.#announcedId || producerId === this.producerId;
  }

  /** @throws {HoldfastError} when there is no producer, at neither end. */
  async open(transport: types.Transport, replace: boolean): Promise<void> {
    const { offer } = this;
    const active = this.#isWanted;
    let isHeld: boolean | undefined;
    const producer = await this.#carrier.produce(transport, {
      track: this.#track,
      encodings: encodingsFor(offer.encodings, transport.appData.videoCodec)
        .map((encoding) => ({ ...encoding, active })),
      codecOptions: offer.codecOptions,
      // Tracks are the app's, and may be in another room too: they are not
      // stopped, and muting switches encodings off instead of the track.
      stopTracks: false,
      disableTrackOnPause: false,
      zeroRtpOnPause: false,
    }, async (rtpParameters) => {
      const answer = await this.#carrier.ask("produce", {
        transportId: transport.id,
        key: offer.key,
        kind: this.#track.kind === "audio" ? "audio" : "video",
        source: offer.source,
        rtpParameters: sentRtpParameters(rtpParameters),
        paused: this.#isMuted || this.#isHeld !== false,
        replace,
        appData: offer.appData,
      });
      this.#announcedId = answer.producerId;
      isHeld = answer.paused;
      return answer.producerId;
    });
    this.#opened(transport, producer);
    this.#isHeld = isHeld;
    this.#isActive = active;
  }

  /** The service has its end no more. It is to move, if only to where it is. */
  lost(): void {
    this.#transport = undefined;
  }

  /** Goes on over another transport, as it is. */
  async move(transport: types.Transport): Promise<void> {
    await this.#changes.run(async () => {
      const isThere = this.#transport === transport;
      if (this.#isClosed || this.#producer === undefined || isThere) return;
      if (this.#track.readyState === "ended") return this.listener?.ended();
      await this.open(transport, true);
      await this.#sync();
      await this.#tellMuted().catch(unlessMutedByServer);
    });
    await this.#sync();
  }

  /**
   * Muting begins here and unmuting at the service, so that nothing leaves
   * unless both agree.
   */
  async setMuted(muted: boolean): Promise<void> {
    this.#checkOpen();
    this.#isMuted = muted;
    if (muted) await this.#sync();
    try {
      // What needs a producer need not wait while the media server is away.
      await this.#carrier.patience
        .ask(() => this.#changes.run(() => this.#tellMuted()));
    } catch (error) {
      this.#isMuted = true;
      throw error;
    }
    await this.#sync();
  }

  /** The service has it muted, or not, as it may have been before. */
  async restate(isHeld: boolean): Promise<void> {
    await this.#changes.run(async () => {
      this.#isHeld = isHeld;
      await this.#tellMuted().catch(unlessMutedByServer);
    });
    await this.#sync();
  }

  /** Nothing leaves while it is suspended; nobody is told. */
  async setSuspended(suspended: boolean): Promise<void> {
    this.#isSuspended = suspended;
    await this.#sync();
  }

  /** The service has muted it. */
  async hold(): Promise<void> {
    this.#isMuted = true;
    this.#isHeld = true;
    await this.#sync();
  }

  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    await this.#changes.run(async () => {
      this.#checkOpen();
      try {
        await this.#producer?.replaceTrack({ track });
      } catch (error) {
        // Where the transport is gone, the next producer begins with the track.
        const isMoving = this.#producer?.closed && !this.#isClosed;
        if (!isMoving || track.readyState === "ended") {
          throw this.#failure(error);
        }
      }
      this.#track = track;
    });
  }

  /** It cannot be carried on. */
  fail(error: HoldfastError): void {
    if (!this.#isClosed) this.listener?.failed(error);
  }

  /** Here. The service may still have its end. */
  close(): void {
    this.#isClosed = true;
    this.#producer?.close();
    this.#carrier.forget(this);
  }

  /** At the service. What is not there need not be closed. */
  async release(): Promise<void> {
    const { producerId } = this;
    try {
      await this.#carrier.ask("closeProducer", { producerId });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async getStats(): Promise<RTCStatsReport> {
    if (this.#producer === undefined || this.#producer.closed) return new Map();
    return await this.#producer.getStats();
  }

  get #isWanted(): boolean {
    return !this.#isMuted && this.#isHeld === false && !this.#isSuspended;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw errorOf("cancelled", "it is unpublished");
  }

  #opened(transport: types.Transport, producer: types.Producer): void {
    if (this.#isClosed) {
      producer.close();
      const { id: producerId } = producer;
      this.#carrier.ask("closeProducer", { producerId }).catch(() => {});
      this.#checkOpen();
    }
    producer.on("trackended", () => this.listener?.ended());
    this.#producer?.close();
    this.#transport = transport;
    this.#producer = producer;
  }

  async #tellMuted(): Promise<void> {
    const muted = this.#isMuted;
    if (this.#isHeld === muted || this.#isClosed) return;
    const { producerId } = this;
    this.#isHeld = undefined;
    try {
      const method = muted ? "pauseProducer" : "resumeProducer";
      await this.#carrier.ask(method, { producerId });
    } catch (error) {
      // The next producer will be told as it is made.
      if (isNotFound(error)) return;
      if (isMutedByServer(error)) this.listener?.mutedByServer();
      throw error;
    }
    this.#isHeld = muted;
  }

  /** Brings the encodings to what is wanted. */
  async #sync(): Promise<void> {
    await this.#encodings.run(async () => {
      const active = this.#isWanted;
      const producer = this.#producer;
      if (!producer || producer.closed || this.#isActive === active) return;
      try {
        await producer.setRtpEncodingParameters({ active });
        if (producer === this.#producer) this.#isActive = active;
      } catch (error) {
        // Another one takes its place, or none.
        if (!producer.closed) throw this.#failure(error);
      }
    });
  }

  #failure(error: unknown): Error {
    return asHoldfastError(
      error,
      this.#isClosed ? "cancelled" : "trackInvalid",
    );
  }
}

function unlessMutedByServer(error: unknown): void {
  if (!isMutedByServer(error)) throw error;
}
