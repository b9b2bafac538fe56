import type { RemoteParticipant } from "./participants.ts";
import type { TrackKind, TrackSource } from "./tracks.ts";

/** The highest layers of a simulcast track to receive, each counted from 0. */
export interface PreferredLayers {
  /** 0 is the smallest picture; a camera has up to 3. */
  spatialLayer: number;
  /** 0 is the lowest frame rate. */
  temporalLayer?: number;
}

/** A track that this participant publishes. */
export interface LocalPublication {
  /** Unique among one's own tracks, and the same for everybody. */
  readonly key: string;
  /** Stays as it is when the track is replaced. */
  readonly kind: TrackKind;
  /** As given to `publish()`. */
  readonly source: TrackSource;
  /** As given to `publish()`. */
  readonly appData: unknown;
  /** The one that is sent now. */
  readonly track: MediaStreamTrack;
  /** The intent: true from the call of `mute()` on. */
  readonly muted: boolean;
  /**
   * Muted by an operator: `unmute()` is refused while it stands. When it ends,
   * the track stays muted until the app unmutes it.
   */
  readonly mutedByServer: boolean;
  /**
   * Stops sending, and tells the others. The sender's encodings are switched
   * off, so not even silence or black frames leave, and `track.enabled` is left
   * alone: a preview goes on, and so does the same track in another room. The
   * camera's light stays on; `unpublish()` and stop the track to turn it off.
   *
   * Sending has stopped when the promise settles, even if it rejects because
   * the others could not be told.
   *
   * @throws {HoldfastError} when the service cannot be reached.
   */
  mute(): Promise<void>;
  /**
   * Sends again, and tells the others.
   *
   * @throws {HoldfastError} 53310 when it is muted by an operator, others when
   * the service cannot be reached; still muted.
   */
  unmute(): Promise<void>;
  /**
   * Sends another track of the same kind under the same key, muted or not as
   * before; nobody needs to subscribe anew. The old track is not stopped.
   *
   * @throws {HoldfastError} 53300 when the track has ended or is of another kind.
   */
  replaceTrack(track: MediaStreamTrack): Promise<void>;
  /**
   * Ends the publication. The track is not stopped. Happens by itself when the
   * track ends, such as by the browser's own "stop sharing".
   */
  unpublish(): Promise<void>;
  /** Of the RTP sender. Empty when the publication has ended. */
  getStats(): Promise<RTCStatsReport>;
}

/** A data channel that this participant publishes; all subscribers receive it. */
export interface LocalDataPublication {
  /** Unique among one's own data channels, and the same for everybody. */
  readonly key: string;
  /** As `RTCDataChannel.label`. */
  readonly label: string;
  /** As `RTCDataChannel.protocol`. */
  readonly protocol: string;
  /** As given to `publishData()`. */
  readonly appData: unknown;
  /** Bytes handed to `send` that have not left yet. */
  readonly bufferedAmount: number;
  /**
   * Queues a message, at most 256 KiB. Where media is recreated, what was queued
   * before may be lost, and the channel is not open for a moment.
   *
   * @throws {HoldfastError} 53405 when the channel is not open.
   */
  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void;
  /** Ends the publication. */
  close(): Promise<void>;
}

/** A track that another participant publishes. */
export interface RemotePublication {
  /** Unique among the tracks of its participant. */
  readonly key: string;
  /** Decides between an audio and a video element. */
  readonly kind: TrackKind;
  /** As its publisher says. */
  readonly source: TrackSource;
  /** What its publisher attached: any JSON value, not to be trusted. */
  readonly appData: unknown;
  /** Its publisher. */
  readonly participant: RemoteParticipant;
  /** Muted by its publisher. */
  readonly muted: boolean;
  /** Whether there is a `track`. */
  readonly subscribed: boolean;
  /**
   * From `trackSubscribed` to `trackUnsubscribed`. A recovery may have to make
   * media anew: then this one ends, and `trackReplaced` brings another under the
   * same publication. To show or play it use `attach`, which follows by itself.
   */
  readonly track: MediaStreamTrack | undefined;
  /**
   * Starts to receive the track; `trackSubscribed` follows. Called again, it
   * gives the track that is received now. See `track` for how long it lasts.
   *
   * @throws {HoldfastError} 53404 when this browser cannot decode it, 53209 when
   * one's grants do not allow it, 53008 when it was unsubscribed or unpublished
   * meanwhile.
   */
  subscribe(): Promise<MediaStreamTrack>;
  /** Stops receiving; the track ends and `trackUnsubscribed` follows. */
  unsubscribe(): Promise<void>;
  /**
   * Of a simulcast track, the highest layers to receive. Kept for when the track
   * is subscribed to.
   */
  setPreferredLayers(layers: PreferredLayers): Promise<void>;
  /**
   * Which tracks get bandwidth first: 1 (last, the default) to 255. Kept for
   * when the track is subscribed to.
   */
  setPriority(priority: number): Promise<void>;
  /**
   * Asks the publisher for a whole picture.
   *
   * @throws {HoldfastError} 53410 when it is not subscribed to.
   */
  requestKeyFrame(): Promise<void>;
  /** Receives nothing until `resume()`, and keeps the track. */
  pause(): Promise<void>;
  /** Receives again; a video begins with a whole picture. */
  resume(): Promise<void>;
  /**
   * Plays the track in an element, beside tracks of the other kind that play there,
   * and whatever track takes its place. May be called before there is a track.
   */
  attach(element: HTMLMediaElement): void;
  /** Takes the track out of the element. */
  detach(element: HTMLMediaElement): void;
  /** Of the RTP receiver. Empty when it is not subscribed to. */
  getStats(): Promise<RTCStatsReport>;
}

/** A data channel that another participant publishes; `dataReceived` has its messages. */
export interface RemoteDataPublication {
  /** Unique among the data channels of its participant. */
  readonly key: string;
  /** As `RTCDataChannel.label`. */
  readonly label: string;
  /** As `RTCDataChannel.protocol`. */
  readonly protocol: string;
  /** What its publisher attached: any JSON value, not to be trusted. */
  readonly appData: unknown;
  /** Its publisher. */
  readonly participant: RemoteParticipant;
  /** Whether messages arrive. */
  readonly subscribed: boolean;
  /**
   * Starts to receive. Messages sent before are not delivered.
   *
   * @throws {HoldfastError} 53008 when it was unsubscribed or unpublished
   * meanwhile.
   */
  subscribe(): Promise<void>;
  /** Stops receiving. */
  unsubscribe(): Promise<void>;
}
