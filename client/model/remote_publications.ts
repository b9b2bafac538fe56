import type { DataProducerInfo, ProducerInfo } from "../../protocol/mod.ts";
import { inBackground, type RoomContext } from "./context.ts";
import type { RemoteDataPublication } from "./remote_data_publication.ts";
import type { RemoteParticipant } from "./remote_participant.ts";
import type { RemotePublication } from "./remote_publication.ts";

type Subscribable = RemotePublication | RemoteDataPublication;

export type RemotePublicationsOptions = {
  readonly autoSubscribe: boolean;
  readonly maySubscribe: () => boolean;
};

/** What becomes of the publications of others, and what the app hears of it. */
export class RemotePublications {
  readonly #context: RoomContext;
  readonly #options: RemotePublicationsOptions;
  /** What is subscribed to as soon as that is allowed. */
  readonly #waiting = new Set<Subscribable>();

  constructor(context: RoomContext, options: RemotePublicationsOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** All that somebody has brought along. */
  connected(other: RemoteParticipant): void {
    for (const track of other.tracks.values()) this.#published(other, track);
    for (const data of other.data.values()) this.#publishedData(other, data);
  }

  /** All that somebody leaves behind. */
  disconnected(other: RemoteParticipant): void {
    for (const track of other.tracks.values()) this.removed(other, track);
    for (const data of other.data.values()) this.removedData(other, data);
  }

  added(other: RemoteParticipant, producer: ProducerInfo): void {
    const old = other.tracks.get(producer.key);
    if (old !== undefined) this.removed(other, old);
    this.#published(other, other.addTrack(producer));
  }

  removed(other: RemoteParticipant, track: RemotePublication): void {
    other.tracks.delete(track.key);
    this.#waiting.delete(track);
    track.unpublished();
    this.#context.events.emit("trackUnpublished", track, other);
  }

  replaced(other: RemoteParticipant, producer: ProducerInfo): void {
    const track = other.tracks.get(producer.key);
    if (track === undefined) return;
    const wasMuted = track.muted;
    track.replaced(producer);
    if (track.muted !== wasMuted) this.#tellMuted(other, track);
  }

  muted(other: RemoteParticipant, key: string, muted: boolean): void {
    const track = other.tracks.get(key);
    if (track === undefined || track.muted === muted) return;
    track.setMuted(muted);
    this.#tellMuted(other, track);
  }

  addedData(other: RemoteParticipant, producer: DataProducerInfo): void {
    const old = other.data.get(producer.key);
    if (old !== undefined) this.removedData(other, old);
    this.#publishedData(other, other.addData(producer));
  }

  removedData(other: RemoteParticipant, data: RemoteDataPublication): void {
    other.data.delete(data.key);
    this.#waiting.delete(data);
    data.unpublished();
    this.#context.events.emit("dataUnpublished", data, other);
  }

  /** To what was there already. */
  subscribe(other: RemoteParticipant): void {
    for (const track of other.tracks.values()) this.#subscribeTo(track);
    for (const data of other.data.values()) this.#subscribeTo(data);
  }

  /** What was subscribed to may not be any more. */
  revoked(publication: Subscribable): void {
    this.#waiting.add(publication);
  }

  /** It is allowed again. */
  subscribeToWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const publication of waiting) this.#subscribeTo(publication);
  }

  #published(other: RemoteParticipant, track: RemotePublication): void {
    this.#context.events.emit("trackPublished", track, other);
    if (this.#options.autoSubscribe) this.#subscribeTo(track);
  }

  #publishedData(other: RemoteParticipant, data: RemoteDataPublication): void {
    this.#context.events.emit("dataPublished", data, other);
    if (this.#options.autoSubscribe) this.#subscribeTo(data);
  }

  #tellMuted(other: RemoteParticipant, track: RemotePublication): void {
    const event = track.muted ? "trackMuted" : "trackUnmuted";
    this.#context.events.emit(event, track, other);
  }

  #subscribeTo(publication: Subscribable): void {
    if (!this.#options.maySubscribe()) this.#waiting.add(publication);
    else void inBackground(this.#context, publication.subscribe());
  }
}
