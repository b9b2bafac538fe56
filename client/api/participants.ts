import type { EndReason } from "./end_reason.ts";
import type { Grants } from "./grants.ts";
import type { Listenable } from "./listen.ts";
import type { PublishDataOptions, PublishOptions } from "./options.ts";
import type {
  LocalDataPublication,
  LocalPublication,
  RemoteDataPublication,
  RemotePublication,
} from "./publications.ts";
import type { MediaState } from "./recovery.ts";

/** Oneself in a room. */
export interface LocalParticipant {
  /** Names this stay in the room, as others see it; changes with a `rejoin`. */
  readonly sessionId: string;
  /** Who this is, across stays; given by the access token. */
  readonly identity: string;
  /** For people to read; from the token, `connect` or `update`. */
  readonly name: string;
  /** Any JSON value; from the token, `connect` or `update`. */
  readonly metadata: unknown;
  /** What one may do here; `grantsChanged` tells when it changes. */
  readonly grants: Grants;
  /** How media fares here, as the others are told. */
  readonly mediaState: MediaState;
  /** By key. */
  readonly publications: ReadonlyMap<string, LocalPublication>;
  /** By key. */
  readonly dataPublications: ReadonlyMap<string, LocalDataPublication>;
  /**
   * Sends a track to the room. Resolves when the others have been told. The
   * track stays the app's; leaving stops it unless `stopOnLeave` is false.
   *
   * @throws {HoldfastError} 53300 when the track has ended or does not fit its
   * source, 53304 when the key is taken, 53203 when the room allows no more,
   * 53209 when `grants` do not allow it, 53008 when the room is left meanwhile.
   */
  publish(
    track: MediaStreamTrack,
    options: PublishOptions,
  ): Promise<LocalPublication>;
  /**
   * Opens a data channel to all who subscribe. Resolves when it is open.
   *
   * @throws {HoldfastError} 53304 when the key is taken, 53203 when the room
   * allows no more, 53209 when `grants` do not allow it, 53405 when the channel
   * does not open within 10 s.
   */
  publishData(options: PublishDataOptions): Promise<LocalDataPublication>;
  /**
   * Changes what others see; what is left out stays.
   *
   * @throws {HoldfastError} 53206 when the metadata is larger than the room
   * allows, 53209 when `grants` do not allow it.
   */
  update(changes: { name?: string; metadata?: unknown }): Promise<void>;
}

/** The same as the room's events of this name, for one participant. */
export type RemoteParticipantEvents = {
  /** The connection is lost, and the place held until `graceUntil`. */
  reconnecting: [];
  reconnected: [];
  /** The last event. */
  disconnected: [reason: EndReason];
  mediaStateChanged: [state: MediaState];
};

/** Somebody else in a room. */
export interface RemoteParticipant extends Listenable<RemoteParticipantEvents> {
  /** Names this stay in the room. */
  readonly sessionId: string;
  /** Who this is, across stays; given by the access token. */
  readonly identity: string;
  /** For people to read; may be empty. */
  readonly name: string;
  /** Any JSON value, not to be trusted. */
  readonly metadata: unknown;
  /** `disconnected` is final. */
  readonly state: "connected" | "reconnecting" | "disconnected";
  /**
   * While `reconnecting`, when the place is given away: milliseconds since 1970,
   * by the clock of this browser. Undefined for one that is coming back.
   */
  readonly graceUntil: number | undefined;
  /** How media fares at their end. */
  readonly mediaState: MediaState;
  /** By key. */
  readonly publications: ReadonlyMap<string, RemotePublication>;
  /** By key. */
  readonly dataPublications: ReadonlyMap<string, RemoteDataPublication>;
}
