import type { HoldfastError } from "../errors.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { EndReason } from "./end_reason.ts";
import type { Grants } from "./grants.ts";
import type { Listenable } from "./listen.ts";
import type { LocalParticipant, RemoteParticipant } from "./participants.ts";
import type {
  LocalPublication,
  RemoteDataPublication,
  RemotePublication,
} from "./publications.ts";
import type {
  ExceptionName,
  Grace,
  MediaState,
  RecoveryReport,
} from "./recovery.ts";

/** How loud somebody is. */
export interface AudioLevel {
  /** Who, oneself included. */
  participant: LocalParticipant | RemoteParticipant;
  /** In dBov, -127 (silence) to 0. */
  volume: number;
}

/** What `sendMessage` of somebody else brought. */
export interface Message {
  /** Undefined when the sender has left already, or is no participant. */
  from: RemoteParticipant | undefined;
  /** Known also when `from` is not. Undefined: the service itself has sent it. */
  fromSessionId: string | undefined;
  /** As its sender gave it. */
  topic: string;
  /** The JSON value that was sent. */
  body: unknown;
}

/** What a room tells, by the names to listen for. */
export type RoomEvents = {
  /** Not for those who were there already: they are in `room.participants`. */
  participantConnected: [participant: RemoteParticipant];
  /** After `trackUnpublished` and `dataUnpublished` of all they published. */
  participantDisconnected: [participant: RemoteParticipant, reason: EndReason];
  /** A new name, or new metadata. */
  participantUpdated: [participant: RemoteParticipant];
  /** The connection is lost, and the place held for a while. */
  participantReconnecting: [participant: RemoteParticipant, grace: Grace];
  /** With all they published. */
  participantReconnected: [participant: RemoteParticipant];
  /** For a tile to say "connecting...". */
  mediaStateChanged: [
    participant: LocalParticipant | RemoteParticipant,
    state: MediaState,
  ];

  /** Not for what was published before one joined: see `participant.publications`. */
  trackPublished: [
    publication: RemotePublication,
    participant: RemoteParticipant,
  ];
  /** After `trackUnsubscribed`, where it was subscribed to. */
  trackUnpublished: [
    publication: RemotePublication,
    participant: RemoteParticipant,
  ];
  /**
   * It can be shown, by `publication.attach(element)`. An app that puts the track
   * into an element itself must also act on `trackReplaced`, or that element stays
   * with a track that has ended.
   */
  trackSubscribed: [
    track: MediaStreamTrack,
    publication: RemotePublication,
    participant: RemoteParticipant,
  ];
  /** The track ends; `attach` has taken it out of its elements. */
  trackUnsubscribed: [
    track: MediaStreamTrack,
    publication: RemotePublication,
    participant: RemoteParticipant,
  ];
  /**
   * Media was recreated, and goes on under another track. Only for those who have
   * put the track somewhere themselves: `publication.attach` has swapped it.
   */
  trackReplaced: [
    track: MediaStreamTrack,
    publication: RemotePublication,
    participant: RemoteParticipant,
  ];
  /** By its publisher. */
  trackMuted: [publication: RemotePublication, participant: RemoteParticipant];
  trackUnmuted: [
    publication: RemotePublication,
    participant: RemoteParticipant,
  ];

  localTrackPublished: [publication: LocalPublication];
  /**
   * By `unpublish()`, by the end of the track, or by the service, such as when the
   * grant to publish it is taken away.
   */
  localTrackUnpublished: [publication: LocalPublication];
  /** By `mute()`, or by an operator. */
  localTrackMuted: [publication: LocalPublication];
  localTrackUnmuted: [publication: LocalPublication];
  /**
   * An operator has muted it (`localTrackMuted` follows, if it was not muted), or
   * allows it to be unmuted again.
   */
  localTrackMutedByServer: [publication: LocalPublication, muted: boolean];

  /**
   * `localParticipant.grants` has changed. What is not allowed any more has ended,
   * or is about to; what was subscribed to comes back when it is allowed again.
   */
  grantsChanged: [grants: Grants];
  /**
   * An operator has moved one to another room, of which this is the name: the
   * others there have taken the place of those before, and what was published is
   * published there.
   */
  moved: [name: string];

  /** Loudest first, several times a second. Empty: silence. */
  audioLevels: [levels: AudioLevel[]];
  /** Who is speaking, or spoke last; oneself included. Told when it changes. */
  activeSpeaker: [participant: LocalParticipant | RemoteParticipant];
  /** From `sendMessage` of another participant, or from the service. */
  message: [message: Message];

  dataPublished: [
    publication: RemoteDataPublication,
    participant: RemoteParticipant,
  ];
  dataUnpublished: [
    publication: RemoteDataPublication,
    participant: RemoteParticipant,
  ];
  /** A message on a data channel: text as a string, binary as an ArrayBuffer. */
  dataReceived: [
    data: string | ArrayBuffer,
    publication: RemoteDataPublication,
    participant: RemoteParticipant,
  ];

  /** For those who watch what goes on beneath; the first ones say how things are. */
  diagnostic: [diagnostic: Diagnostic];
  /**
   * Signaling (53001) or media (53405) does not work; it is being recovered, and
   * all objects stay. What is asked for meanwhile is done when it works again.
   */
  reconnecting: [error: HoldfastError];
  /** Both work again. */
  reconnected: [];
  /** What a recovery took, once it is over. */
  recovery: [report: RecoveryReport];
  /** Milliseconds to the service and back, about once a second. */
  roundTrip: [ms: number];
  /**
   * Something failed in the background, such as an automatic subscription. Of
   * media that is being recovered, the name says what happened.
   */
  exception: [error: HoldfastError, name?: ExceptionName];
  /**
   * The last event of a room. All is closed. The error is undefined after
   * `leave()`.
   */
  disconnected: [error: HoldfastError | undefined, reason: EndReason];
};

/** A stay in a room, made by `connect()`. */
export interface Room extends Listenable<RoomEvents> {
  /** As in the URL; another one once an operator has `moved` one. */
  readonly name: string;
  /** Of the local participant; another one after a `rejoin`, and when `moved`. */
  readonly sessionId: string;
  /** `disconnected` is final: connect anew for another stay. */
  readonly state: "connected" | "reconnecting" | "disconnected";
  /** Milliseconds to the service and back; undefined before the first ping. */
  readonly roundTripMs: number | undefined;
  /** Oneself, to publish with. */
  readonly localParticipant: LocalParticipant;
  /** The others, by session id. */
  readonly participants: ReadonlyMap<string, RemoteParticipant>;
  /**
   * Sends a JSON value to all others, or to those in `to`. Resolves when the
   * service has it.
   *
   * @throws {HoldfastError} 53207 when it is larger than the room allows, 53204
   * when somebody in `to` is not there, 53209 when one's grants do not allow it.
   */
  sendMessage(
    topic: string,
    body: unknown,
    options?: { to?: (RemoteParticipant | string)[] },
  ): Promise<void>;
  /** While `reconnecting`: now, and not when the next attempt would be due. */
  retryNow(): void;
  /**
   * Restarts ICE now, or makes transports, producers and consumers anew; for an
   * app that knows better than what the SDK sees by itself. While signaling does
   * not work, that comes first.
   */
  recoverMedia(options?: { recreate?: boolean }): void;
  /**
   * Leaves the room and closes all that belongs to it. Tells the service if it
   * answers within 2 s; never rejects. Tracks that were published with
   * `stopOnLeave` are stopped at once.
   */
  leave(): Promise<void>;
}
