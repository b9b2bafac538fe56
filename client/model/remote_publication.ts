import type { types } from "mediasoup-client";
import type { Method, Params, ProducerInfo } from "../../protocol/mod.ts";
import type { RemoteParticipant } from "../api/participants.ts";
import type * as api from "../api/publications.ts";
import type { TrackKind, TrackSource } from "../api/tracks.ts";
import { asHoldfastError, errorOf } from "../errors.ts";
import { Attachments } from "../media/attachments.ts";
import type { Receiver } from "../media/receiving.ts";
import { Reception } from "../media/reception.ts";
import { isNotFound, isTransient } from "../media/transient.ts";
import { inBackground, type RoomContext } from "./context.ts";
import type { KnownProducer } from "./difference.ts";

/** What the app wants, subscribed or not. */
type Wish = {
  preferredLayers: api.PreferredLayers | undefined;
  priority: number | undefined;
  paused: boolean;
};

export class RemotePublication implements api.RemotePublication, Receiver {
  readonly key: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly appData: unknown;
  readonly participant: RemoteParticipant;
  readonly #context: RoomContext;
  readonly #attachments: Attachments;
  readonly #wish: Wish = {
    preferredLayers: undefined,
    priority: undefined,
    paused: false,
  };
  #producerId: string;
  #muted: boolean;
  #isPublished = true;
  #reception: Reception<types.Consumer> | undefined;
  #track: MediaStreamTrack | undefined;

  constructor(
    context: RoomContext,
    participant: RemoteParticipant,
    info: ProducerInfo,
  ) {
    this.#context = context;
    this.participant = participant;
    this.key = info.key;
    this.kind = info.kind;
    this.source = info.source;
    this.appData = info.appData;
    this.#producerId = info.producerId;
    this.#muted = info.paused;
    this.#attachments = new Attachments(context.media.receiving.newStream);
  }

  get name(): string {
    return `${this.participant.sessionId} ${this.key}`;
  }

  get producerId(): string {
    return this.#producerId;
  }

  /** As the service describes it, for comparison. */
  get known(): KnownProducer {
    const { producerId, key, kind, source, muted: paused } = this;
    return { producerId, key, kind, source, paused };
  }

  get muted(): boolean {
    return this.#muted;
  }

  get subscribed(): boolean {
    return this.track !== undefined;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#track;
  }

  /** As soon as the service has one. */
  get consumerId(): string | undefined {
    return this.#reception?.consumerId;
  }

  holds(consumerId: string): boolean {
    return this.#reception?.holds(consumerId) ?? false;
  }

  get trackId(): string | undefined {
    return this.#reception?.consumer?.track.id;
  }

  get isExpected(): boolean {
    const { state, mediaState } = this.participant;
    const isSent = state === "connected" &&
      (mediaState === "connected" || mediaState === "completed");
    return isSent && !this.#muted && !this.#wish.paused &&
      this.trackId !== undefined;
  }

  async subscribe(): Promise<MediaStreamTrack> {
    if (!this.#isPublished) throw errorOf("cancelled", "it is unpublished");
    this.#reception ??= this.#receive();
    const { track } = await this.#reception.opened;
    // The first one, which may have been replaced since.
    return this.#track ?? track;
  }

  async unsubscribe(): Promise<void> {
    const reception = this.#drop();
    if (reception === undefined) return;
    await inBackground(this.#context, reception.close());
  }

  attach(element: HTMLMediaElement): void {
    this.#attachments.attach(element);
  }

  detach(element: HTMLMediaElement): void {
    this.#attachments.detach(element);
  }

  async setPreferredLayers(layers: api.PreferredLayers): Promise<void> {
    this.#wish.preferredLayers = { ...layers };
    const { consumerId } = this;
    if (consumerId === undefined) return;
    await this.#tellWish("setConsumerPreferredLayers", {
      consumerId,
      layers,
    });
  }

  async setPriority(priority: number): Promise<void> {
    this.#wish.priority = priority;
    const { consumerId } = this;
    if (consumerId === undefined) return;
    await this.#tellWish("setConsumerPriority", { consumerId, priority });
  }

  async requestKeyFrame(): Promise<void> {
    const { consumerId } = this;
    if (consumerId === undefined) throw errorOf("consumerNotFound");
    await this.#context.ask("requestConsumerKeyFrame", { consumerId });
  }

  async pause(): Promise<void> {
    this.#wish.paused = true;
    const { consumerId } = this;
    if (consumerId === undefined) return;
    await this.#tellWish("pauseConsumer", { consumerId });
  }

  async resume(): Promise<void> {
    this.#wish.paused = false;
    const { consumerId } = this;
    if (consumerId === undefined) return;
    await this.#tellWish("resumeConsumer", { consumerId });
  }

  async getStats(): Promise<RTCStatsReport> {
    const consumer = this.#reception?.consumer;
    return await consumer?.getStats() ?? new Map();
  }

  /** By its publisher. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
  }

  /** The service has closed the consumer, or the transport it came over. */
  consumerClosed(): void {
    this.#drop()?.closed();
  }

  /** The same track comes through another producer. */
  replaced({ producerId, paused }: ProducerInfo): void {
    this.#producerId = producerId;
    this.#muted = paused;
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

  /** The publication is over. */
  unpublished(): void {
    this.#isPublished = false;
    this.consumerClosed();
  }

  /** The room is over, and nobody is told of each track. */
  roomClosed(): void {
    this.#isPublished = false;
    this.#forget()?.closed();
  }

  #receive(): Reception<types.Consumer> {
    const { receiving } = this.#context.media;
    const reception: Reception<types.Consumer> = new Reception(
      () => receiving.consuming(this.#producerId, () => this.#wish),
      ({ track }) => this.#show(track),
      (failure) => receiving.isRenewedAfter(failure),
    );
    reception.opened.catch(() => {
      if (this.#reception === reception) this.#drop();
    });
    receiving.receivers.add(this);
    return reception;
  }

  /** What has lost its consumer meanwhile begins the next one with the wish. */
  async #tellWish<M extends Method>(
    method: M,
    params: Params<M>,
  ): Promise<void> {
    try {
      await this.#context.ask(method, params);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #show(track: MediaStreamTrack): void {
    const event = this.#track ? "trackReplaced" : "trackSubscribed";
    this.#track = track;
    this.#attachments.show(track);
    this.#context.events.emit(event, track, this, this.participant);
  }

  /** Whatever comes of it from now on is not for this publication. */
  #drop(): Reception<types.Consumer> | undefined {
    const track = this.#track;
    const reception = this.#forget();
    if (track !== undefined) {
      const { events } = this.#context;
      events.emit("trackUnsubscribed", track, this, this.participant);
    }
    return reception;
  }

  #forget(): Reception<types.Consumer> | undefined {
    const reception = this.#reception;
    this.#reception = undefined;
    this.#track = undefined;
    this.#context.media.receiving.receivers.delete(this);
    this.#attachments.show(undefined);
    return reception;
  }
}
