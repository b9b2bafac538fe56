import type { ParticipantInfo } from "../../protocol/mod.ts";
import type { PublishDataOptions, PublishOptions } from "../api/options.ts";
import type { Grants } from "../api/grants.ts";
import type * as api from "../api/participants.ts";
import type { MediaState } from "../api/recovery.ts";
import type { TrackSource } from "../api/tracks.ts";
import { errorOf } from "../errors.ts";
import { codecOptionsOf, encodingsOf } from "../media/encodings.ts";
import type { DataOffer } from "../media/outgoing_channel.ts";
import type { Offer } from "../media/outgoing_track.ts";
import { inBackground, type RoomContext } from "./context.ts";
import { Keys } from "./keys.ts";
import { LocalDataPublication } from "./local_data_publication.ts";
import { LocalPublication } from "./local_publication.ts";

/** What the app says of the participant. */
type Profile = { readonly name?: string; readonly metadata?: unknown };

const kindOfSource: { readonly [S in TrackSource]?: "audio" | "video" } = {
  microphone: "audio",
  screenAudio: "audio",
  camera: "video",
  screen: "video",
};

export class LocalParticipant implements api.LocalParticipant {
  readonly identity: string;
  readonly #context: RoomContext;
  readonly #tracks = new Map<string, LocalPublication>();
  readonly #data = new Map<string, LocalDataPublication>();
  readonly #trackKeys = new Keys();
  readonly #dataKeys = new Keys();
  #sessionId: string;
  #name: string;
  #metadata: unknown;
  /** What the app has said and nobody has changed since. */
  #said: Profile = {};
  #grants: Grants;
  #mediaState: MediaState = "new";

  constructor(
    context: RoomContext,
    info:
      & Pick<ParticipantInfo, "sessionId" | "identity" | "name" | "metadata">
      & { readonly grants: Grants },
  ) {
    this.#context = context;
    this.#sessionId = info.sessionId;
    this.identity = info.identity;
    this.#name = info.name;
    this.#metadata = info.metadata;
    this.#grants = info.grants;
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  get mediaState(): MediaState {
    return this.#mediaState;
  }

  get name(): string {
    return this.#name;
  }

  get metadata(): unknown {
    return this.#metadata;
  }

  get grants(): Grants {
    return this.#grants;
  }

  get publications(): ReadonlyMap<string, LocalPublication> {
    return this.#tracks;
  }

  get dataPublications(): ReadonlyMap<string, LocalDataPublication> {
    return this.#data;
  }

  async publish(
    track: MediaStreamTrack,
    options: PublishOptions,
  ): Promise<LocalPublication> {
    checkTrack(track, options.source);
    const key = this.#trackKeys.take(options.key, options.source);
    try {
      const offer = offerOf(track, key, options);
      const outgoing = await this.#context.media.sending.publish(offer);
      const publication = new LocalPublication(this.#context, outgoing, {
        stopOnLeave: options.stopOnLeave ?? true,
        forget: () => this.#forgetTrack(key),
      });
      this.#tracks.set(key, publication);
      this.#context.events.emit("localTrackPublished", publication);
      // It may have ended before there was anything to end with it.
      if (track.readyState === "ended") await publication.unpublish();
      return publication;
    } catch (error) {
      this.#trackKeys.free(key);
      throw error;
    }
  }

  async publishData(
    options: PublishDataOptions,
  ): Promise<LocalDataPublication> {
    const key = this.#dataKeys.take(options.key, options.label || "data");
    try {
      const offer = dataOfferOf(key, options);
      const outgoing = await this.#context.media.sending.publishData(offer);
      const publication = new LocalDataPublication(
        this.#context,
        outgoing,
        () => this.#forgetData(key),
      );
      this.#data.set(key, publication);
      return publication;
    } catch (error) {
      this.#dataKeys.free(key);
      throw error;
    }
  }

  async update(changes: { name?: string; metadata?: unknown }): Promise<void> {
    const before = this.#said;
    const said = this.#said = { ...before, ...changes };
    try {
      await this.#context.ask("updateMetadata", changes);
    } catch (error) {
      if (this.#said === said) this.#said = before;
      throw error;
    }
    this.#become(changes);
  }

  /** What the app has said and the room, as it has the participant, has not. */
  unsaidTo(self: ParticipantInfo): Profile {
    const { name, metadata } = this.#said;
    const isUnsaid = metadata !== undefined &&
      JSON.stringify(metadata) !== JSON.stringify(self.metadata);
    return {
      ...(name !== undefined && name !== self.name && { name }),
      ...(isUnsaid && { metadata }),
    };
  }

  /** Says so again. */
  restate(unsaid: Profile): void {
    if (Object.keys(unsaid).length === 0) return;
    this.#become(unsaid);
    void inBackground(this.#context, this.update(unsaid));
  }

  /** Another session of the same participant, which no operator has muted. */
  rejoined(sessionId: string): void {
    this.#sessionId = sessionId;
    for (const { key } of this.#tracks.values()) this.mutedByServer(key, false);
  }

  setGrants(grants: Grants): void {
    this.#grants = grants;
  }

  /** An operator has muted a track, or allows it to be heard again. */
  mutedByServer(key: string, muted: boolean): void {
    this.#tracks.get(key)?.setMutedByServer(muted);
  }

  /** False when it was so before. */
  setMediaState(state: MediaState): boolean {
    const isNew = this.#mediaState !== state;
    this.#mediaState = state;
    return isNew;
  }

  /** By the service, which has the last word. */
  updated({ name, metadata }: { name: string; metadata?: unknown }): void {
    this.#said = {};
    this.#become({ name, metadata });
  }

  /** The service closed a producer. */
  producerClosed(producerId: string): void {
    for (const publication of this.#tracks.values()) {
      if (publication.producerId === producerId) publication.closed();
    }
  }

  /** The service closed a data producer. */
  dataProducerClosed(producerId: string): void {
    for (const publication of this.#data.values()) {
      if (publication.producerId === producerId) publication.closed();
    }
  }

  /** The service closed the transport that all of it went over. */
  transportClosed(): void {
    for (const publication of this.#tracks.values()) publication.closed();
    for (const publication of this.#data.values()) publication.closed();
  }

  roomClosed(): void {
    for (const publication of this.#tracks.values()) publication.roomClosed();
    for (const publication of this.#data.values()) publication.roomClosed();
  }

  #become(changed: Profile): void {
    const { name, metadata } = {
      name: this.#name,
      metadata: this.#metadata,
      ...changed,
    };
    this.#name = name;
    this.#metadata = metadata;
  }

  #forgetTrack(key: string): void {
    this.#tracks.delete(key);
    this.#trackKeys.free(key);
  }

  #forgetData(key: string): void {
    this.#data.delete(key);
    this.#dataKeys.free(key);
  }
}

function checkTrack(track: MediaStreamTrack, source: TrackSource): void {
  if (track.readyState === "ended") {
    throw errorOf("trackInvalid", "it has ended");
  }
  const kind = kindOfSource[source];
  if (kind !== undefined && kind !== track.kind) {
    throw errorOf("trackInvalid", `${source} is ${kind}, not ${track.kind}`);
  }
}

function offerOf(
  track: MediaStreamTrack,
  key: string,
  { source, simulcast = true, encodings, muted = false, appData }:
    PublishOptions,
): Offer {
  return {
    track,
    key,
    source,
    encodings: encodingsOf(track, {
      source,
      simulcast,
      encodings,
      active: !muted,
    }),
    codecOptions: codecOptionsOf(track.kind, source),
    paused: muted,
    appData,
  };
}

function dataOfferOf(key: string, options: PublishDataOptions): DataOffer {
  const { label, protocol = "", maxRetransmits, maxPacketLifeTime } = options;
  if (maxRetransmits !== undefined && maxPacketLifeTime !== undefined) {
    throw errorOf("invalidParams", "two limits exclude each other");
  }
  // The media server does not deliver in order what may be missing.
  const isReliable = maxRetransmits === undefined &&
    maxPacketLifeTime === undefined;
  if (options.ordered && !isReliable) {
    throw errorOf("invalidParams", "what may be lost cannot be ordered");
  }
  return {
    key,
    label,
    protocol,
    ordered: options.ordered ?? isReliable,
    maxRetransmits,
    maxPacketLifeTime,
    appData: options.appData,
  };
}
