import type { types } from "mediasoup-client";
import type { ProducerInfo } from "../../protocol/mod.ts";
import type { RemoteParticipant } from "../api/participants.ts";
import type * as api from "../api/publications.ts";
import { errorOf } from "../errors.ts";
import { Subscription } from "../media/subscription.ts";
import { inBackground, type RoomContext } from "./context.ts";
import type { KnownProducer } from "./difference.ts";

/** What the app wants, subscribed or not. */
type Wish = {
  preferredLayers: api.PreferredLayers | undefined;
  priority: number | undefined;
  paused: boolean;
};

type Reception = {
  readonly subscription: Subscription<types.Consumer>;
  readonly opened: Promise<MediaStreamTrack>;
  /** Once the app knows of it. */
  track: MediaStreamTrack | undefined;
};

export class RemotePublication implements api.RemotePublication {
  readonly key: string;
  readonly kind: api.TrackKind;
  readonly source: api.TrackSource;
  readonly appData: unknown;
  readonly participant: RemoteParticipant;
  readonly #context: RoomContext;
  readonly #wish: Wish = {
    preferredLayers: undefined,
    priority: undefined,
    paused: false,
  };
  #producerId: string;
  #muted: boolean;
  #isPublished = true;
  #reception: Reception | undefined;

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
    return this.#reception?.track;
  }

  /** As soon as the service has one. */
  get consumerId(): string | undefined {
    return this.#reception?.subscription.id;
  }

  async subscribe(): Promise<MediaStreamTrack> {
    if (!this.#isPublished) throw errorOf("cancelled", "it is unpublished");
    this.#reception ??= this.#receive();
    return await this.#reception.opened;
  }

  async unsubscribe(): Promise<void> {
    const subscription = this.#drop();
    if (subscription === undefined) return;
    await inBackground(this.#context, subscription.close());
  }

  async setPreferredLayers(layers: api.PreferredLayers): Promise<void> {
    this.#wish.preferredLayers = { ...layers };
    const { consumerId } = this;
    if (consumerId === undefined) return;
    await this.#context.ask("setConsumerPreferredLayers", {
      consumerId,
      layers,
    });
  }

  async setPriority(priority: number): Promise<void> {
    this.#wish.priority = priority;
    const { consumerId } = this;
    if (consumerId === undefined) return;
    await this.#context.ask("setConsumerPriority", { consumerId, priority });
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
    await this.#context.ask("pauseConsumer", { consumerId });
  }

  async resume(): Promise<void> {
    this.#wish.paused = false;
    const { consumerId } = this;
    if (consumerId === undefined) return;
    await this.#context.ask("resumeConsumer", { consumerId });
  }

  async getStats(): Promise<RTCStatsReport> {
    const consumer = this.#reception?.subscription.consumer;
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
    if (this.#reception === undefined) return;
    this.consumerClosed();
    void inBackground(this.#context, this.subscribe());
  }

  /** The publication is over. */
  unpublished(): void {
    this.#isPublished = false;
    this.consumerClosed();
  }

  /** The room is over, and nobody is told of each track. */
  roomClosed(): void {
    this.#isPublished = false;
    const reception = this.#reception;
    this.#reception = undefined;
    reception?.subscription.closed();
  }

  #receive(): Reception {
    const { receiving } = this.#context.media;
    const subscription = new Subscription(
      receiving.consuming(this.producerId, () => this.#wish),
    );
    const opened = this.#opened(subscription);
    return { subscription, opened, track: undefined };
  }

  async #opened(
    subscription: Subscription<types.Consumer>,
  ): Promise<MediaStreamTrack> {
    try {
      const { track } = await subscription.opened;
      const reception = this.#reception;
      if (reception?.subscription !== subscription) throw errorOf("cancelled");
      reception.track = track;
      const { events } = this.#context;
      events.emit("trackSubscribed", track, this, this.participant);
      return track;
    } catch (error) {
      if (this.#reception?.subscription === subscription) this.#drop();
      throw error;
    }
  }

  /** Whatever comes of it from now on is not for this publication. */
  #drop(): Subscription<types.Consumer> | undefined {
    const reception = this.#reception;
    if (reception === undefined) return undefined;
    this.#reception = undefined;
    const { subscription, track } = reception;
    if (track !== undefined) {
      const { events } = this.#context;
      events.emit("trackUnsubscribed", track, this, this.participant);
    }
    return subscription;
  }
}
