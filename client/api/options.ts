import type { RetryPolicy } from "./recovery.ts";
import type { TrackSource } from "./tracks.ts";

/**
 * An access token, or how to get one. A function is asked for each join, and
 * for `refreshToken` where there is none.
 */
export type Token = string | (() => Promise<string>);

/** How to join; defaults in brackets. */
export interface ConnectOptions {
  /** Display name, up to 128 characters, instead of the one in the token. */
  name?: string;
  /** Any JSON value, instead of the one in the token. The room limits its size. */
  metadata?: unknown;
  /**
   * Subscribe to all that others publish [true]. When false, call
   * `publication.subscribe()` for what is wanted.
   */
  autoSubscribe?: boolean;
  /**
   * Gets another access token for the same identity [the token, where that is a
   * function]. Called a while before the token in use expires, and for a way back
   * that needs one: a resume in a room that requires it, or a `rejoin`. It has 10
   * s, and is called again where it fails. Without it a token may expire: the stay
   * goes on, in all rooms but those that require one on a resume (20104).
   */
  refreshToken?: () => Promise<string>;
  /** Gives up connecting; `connect` then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds from the call of `connect` to being in the room [15 000]. */
  timeoutMs?: number;
  /**
   * When to try to get back into the room [at once, then after random times that
   * grow, and at once when the network comes back].
   */
  retryPolicy?: RetryPolicy;
  /**
   * Milliseconds without the service after which the room is over, with 53000
   * [60 000]. The service may give the place away before, which ends it with
   * 53002.
   */
  giveUpAfterMs?: number;
  /**
   * Join anew by itself where the place was given away, or the service was
   * restarted, instead of ending the room [false]. Room, local participant and
   * publications stay; the others see a new participant.
   */
  rejoin?: boolean;
  /**
   * Where else the service may send this client when the process that it is with
   * stops: origins such as `https://b.example.com` [none]. Nobody is followed to
   * any other, nor from `https:` to `http:`.
   */
  origins?: readonly string[];
  /**
   * Milliseconds that ICE gets to come back from `disconnected` by itself, before
   * it is restarted [0]. Where no packets come, that is seen sooner.
   */
  iceDisconnectedTimeoutMs?: number;
  /**
   * Make all media anew after each outage of signaling [false]; for networks on
   * which media claims to work and does not.
   */
  forceMediaReconnectionAfterNetworkDrop?: boolean;
  /** As in `RTCConfiguration` ["all"]. */
  iceTransportPolicy?: RTCIceTransportPolicy;
  /** Instead of the servers that the service names. */
  iceServers?: RTCIceServer[];
  /** Media over TCP only, for networks that block UDP [false]. */
  forceTcp?: boolean;
}

/** How to publish a track; defaults in brackets. */
export interface PublishOptions {
  /**
   * What the track shows. Audio is published as `microphone`, `screenAudio` or
   * `other`, video as `camera`, `screen` or `other`.
   */
  source: TrackSource;
  /**
   * A name for the track, unique among what this participant publishes, 1 to 64
   * characters [the source, then `source-2`, `source-3`, ...].
   */
  key?: string;
  /**
   * Send a camera in several sizes, for each receiver to get what fits [true].
   * A small camera picture is sent in fewer sizes.
   */
  simulcast?: boolean;
  /** Instead of the encodings chosen from the track's size. */
  encodings?: RTCRtpEncodingParameters[];
  /** Start muted: nothing leaves before `unmute()` [false]. */
  muted?: boolean;
  /** Any JSON value, passed on to the others. */
  appData?: unknown;
  /** Stop the track when the room is left or lost [true]. */
  stopOnLeave?: boolean;
}

/** How to open a data channel; defaults in brackets. */
export interface PublishDataOptions {
  /** As `RTCDataChannel.label`, up to 128 characters. */
  label: string;
  /**
   * A name for the channel, unique among what this participant publishes, 1 to
   * 64 characters [the label, then `label-2`, ...].
   */
  key?: string;
  /** As `RTCDataChannel.protocol`, up to 128 characters [""]. */
  protocol?: string;
  /** Deliver in order [true; false where a limit below is given]. */
  ordered?: boolean;
  /** Retransmissions of a lost message; excludes `maxPacketLifeTime`. */
  maxRetransmits?: number;
  /** Milliseconds in which a lost message is retransmitted. */
  maxPacketLifeTime?: number;
  /** Any JSON value, passed on to the others. */
  appData?: unknown;
}
