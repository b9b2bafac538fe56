import type { types } from "mediasoup-client";
import type { Method, Params, ProducerInfo } from "../../protocol/mod.ts";
import type { RemoteParticipant } from "../api/participants.ts";
import type * as api from "../api/publications.ts";
import type { TrackKind, TrackSource } from "../api/tracks.ts";
import { errorOf } from "../errors.ts";
import { Attachments } from "../media/attachments.ts";
import type { Receiver } from "../media/receiving.ts";
import { isNotFound } from "../media/transient.ts";
import { inBackground, type RoomContext } from "./context.ts";
import type { KnownProducer } from "./difference.ts";
import { Receptions } from "./receptions.ts";

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
  readonly #receptions: Receptions<types.Consumer>;
  #producerId: string;
  #muted: boolean;
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
    const { receiving } = context.media;
    this.#attachments = new Attachments(receiving.newStream);
    this.#receptions = new Receptions({
      context,
      receiver: this,
      consuming: () => receiving.consuming(this.#producerId, () => this.#wish),
      show: ({ track }) => this.#show(track),
      dropped: () => this.#dropped(),
    });
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
    return this.#receptions.consumerId;
  }

  holds(consumerId: string): boolean {
    return this.#receptions.holds(consumerId);
  }

  get trackId(): string | undefined {
    return this.#receptions.consumer?.track.id;
  }

  get isExpected(): boolean {
    const { state, mediaState } = this.participant;
    const isSent = state === "connected" &&
      (mediaState === "connected" || mediaState === "completed");
    return isSent && !this.#muted && !this.#wish.paused &&
      this.trackId !== undefined;
  }

  async subscribe(): Promise<MediaStreamTrack> {
    const { track } = await this.#receptions.subscribe();
    // The first one, which may have been replaced since.
    return this.#track ?? track;
  }

  unsubscribe(): Promise<void> {
    return this.#receptions.unsubscribe();
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
    const { consumer } = this.#receptions;
    return await consumer?.getStats() ?? new Map();
  }

  /** By its publisher. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
  }

  /** The service has closed the consumer, or the transport it came over. */
  consumerClosed(): void {
    this.#receptions.closed();
  }

  /** The same track comes through another producer. */
  replaced({ producerId, paused }: ProducerInfo): void {
    this.#producerId = producerId;
    this.#muted = paused;
    void inBackground(this.#context, this.renew());
  }

  renew(): Promise<void> {
    return this.#receptions.renew();
  }

  /** The publication is over. */
  unpublished(): void {
    this.#receptions.end();
  }

  /** The room is over, and nobody is told of each track. */
  roomClosed(): void {
    this.#track = undefined;
    this.#receptions.end();
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

  #dropped(): void {
    const track = this.#track;
    this.#track = undefined;
    this.#attachments.show(undefined);
    if (track === undefined) return;
    const { events } = this.#context;
    events.emit("trackUnsubscribed", track, this, this.participant);
  }
}
