import type * as api from "../api/publications.ts";
import type { TrackKind, TrackSource } from "../api/tracks.ts";
import { errorOf } from "../errors.ts";
import type { OutgoingTrack } from "../media/outgoing_track.ts";
import { inBackground, type RoomContext } from "./context.ts";

export class LocalPublication implements api.LocalPublication {
  readonly key: string;
  readonly kind: TrackKind;
  readonly source: TrackSource;
  readonly appData: unknown;
  readonly #context: RoomContext;
  readonly #outgoing: OutgoingTrack;
  readonly #stopOnLeave: boolean;
  readonly #forget: () => void;
  #muted: boolean;
  #mutedByServer = false;

  constructor(
    context: RoomContext,
    outgoing: OutgoingTrack,
    options: { readonly stopOnLeave: boolean; readonly forget: () => void },
  ) {
    const { offer } = outgoing;
    this.#context = context;
    this.key = offer.key;
    this.kind = offer.track.kind === "audio" ? "audio" : "video";
    this.source = offer.source;
    this.appData = offer.appData;
    this.#muted = offer.paused;
    this.#outgoing = outgoing;
    this.#stopOnLeave = options.stopOnLeave;
    this.#forget = options.forget;
    outgoing.listener = {
      ended: () => void this.unpublish(),
      failed: (error) => {
        this.#context.events.emit("exception", error);
        this.closed();
      },
      mutedByServer: () => this.setMutedByServer(true),
    };
  }

  get producerId(): string {
    return this.#outgoing.producerId;
  }

  get track(): MediaStreamTrack {
    return this.#outgoing.track;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get mutedByServer(): boolean {
    return this.#mutedByServer;
  }

  async mute(): Promise<void> {
    this.#intend(true);
    await this.#outgoing.setMuted(true);
  }

  async unmute(): Promise<void> {
    this.#intend(false);
    try {
      await this.#outgoing.setMuted(false);
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
    await this.#outgoing.replaceTrack(track);
  }

  async unpublish(): Promise<void> {
    if (this.#outgoing.isClosed) return;
    this.closed();
    await inBackground(this.#context, this.#outgoing.release());
  }

  async getStats(): Promise<RTCStatsReport> {
    return await this.#outgoing.getStats();
  }

  /** At the service it is gone already. */
  closed(): void {
    this.#outgoing.close();
    this.#forget();
    this.#context.events.emit("localTrackUnpublished", this);
  }

  /** It stays muted when that ends: to be heard again is for the app to wish. */
  setMutedByServer(muted: boolean): void {
    if (this.#mutedByServer === muted) return;
    this.#mutedByServer = muted;
    this.#context.events.emit("localTrackMutedByServer", this, muted);
    if (!muted) return;
    this.#intend(true);
    void inBackground(this.#context, this.#outgoing.hold());
  }

  /** The room is over. */
  roomClosed(): void {
    this.#outgoing.close();
    if (this.#stopOnLeave) this.track.stop();
  }

  #intend(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    const event = muted ? "localTrackMuted" : "localTrackUnmuted";
    this.#context.events.emit(event, this);
  }
}
