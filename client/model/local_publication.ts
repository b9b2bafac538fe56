import type { types } from "mediasoup-client";
import type * as api from "../api/publications.ts";
import { asHoldfastError, errorOf } from "../errors.ts";
import type { Offer } from "../media/sending.ts";
import { Serial } from "../serial.ts";
import { inBackground, type RoomContext } from "./context.ts";

export class LocalPublication implements api.LocalPublication {
  readonly key: string;
  readonly kind: api.TrackKind;
  readonly source: api.TrackSource;
  readonly appData: unknown;
  readonly #context: RoomContext;
  readonly #producer: types.Producer;
  readonly #stopOnLeave: boolean;
  readonly #forget: () => void;
  readonly #serial = new Serial();
  #track: MediaStreamTrack;
  #muted: boolean;
  /** What both ends know of `muted`; undefined when one may not. */
  #applied: boolean | undefined;

  constructor(
    context: RoomContext,
    offer: Offer,
    producer: types.Producer,
    options: { readonly stopOnLeave: boolean; readonly forget: () => void },
  ) {
    this.#context = context;
    this.key = offer.key;
    this.kind = producer.kind;
    this.source = offer.source;
    this.appData = offer.appData;
    this.#track = offer.track;
    this.#muted = offer.paused;
    this.#applied = offer.paused;
    this.#producer = producer;
    this.#stopOnLeave = options.stopOnLeave;
    this.#forget = options.forget;
    producer.on("trackended", () => void this.unpublish());
  }

  get producerId(): string {
    return this.#producer.id;
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  get muted(): boolean {
    return this.#muted;
  }

  async mute(): Promise<void> {
    this.#intend(true);
    await this.#serial.run(() => this.#applyMuted());
  }

  async unmute(): Promise<void> {
    this.#intend(false);
    try {
      await this.#serial.run(() => this.#applyMuted());
    } catch (error) {
      this.#intend(true);
      throw error;
    }
  }

  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    if (track.kind !== this.kind) {
      throw errorOf(
        "trackInvalid",
        `${track.kind} cannot replace ${this.kind}`,
      );
    }
    await this.#serial.run(async () => {
      try {
        await this.#producer.replaceTrack({ track });
      } catch (error) {
        throw this.#failure(error);
      }
      this.#track = track;
    });
  }

  async unpublish(): Promise<void> {
    if (this.#producer.closed) return;
    const { ask } = this.#context;
    const { id: producerId } = this.#producer;
    this.closed();
    await inBackground(this.#context, ask("closeProducer", { producerId }));
  }

  async getStats(): Promise<RTCStatsReport> {
    if (this.#producer.closed) return new Map();
    return await this.#producer.getStats();
  }

  /** At the service it is gone already. */
  closed(): void {
    this.#producer.close();
    this.#forget();
    this.#context.events.emit("localTrackUnpublished", this);
  }

  /** The room is over. */
  roomClosed(): void {
    this.#producer.close();
    if (this.#stopOnLeave) this.#track.stop();
  }

  #intend(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    const event = muted ? "localTrackMuted" : "localTrackUnmuted";
    this.#context.events.emit(event, this);
  }

  /**
   * Brings both ends to the latest intent. Muting begins here and unmuting at
   * the service, so that nothing leaves unless both agree.
   */
  async #applyMuted(): Promise<void> {
    const muted = this.#muted;
    if (this.#applied === muted) return;
    const { ask } = this.#context;
    const { id: producerId } = this.#producer;
    this.#applied = undefined;
    if (muted) {
      await this.#setActive(false);
      await ask("pauseProducer", { producerId });
    } else {
      await ask("resumeProducer", { producerId });
      // The intent may have changed while the service was asked.
      if (!this.#muted) await this.#setActive(true);
    }
    this.#applied = muted;
  }

  async #setActive(active: boolean): Promise<void> {
    try {
      await this.#producer.setRtpEncodingParameters({ active });
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): Error {
    return asHoldfastError(
      error,
      this.#producer.closed ? "cancelled" : "trackInvalid",
    );
  }
}
