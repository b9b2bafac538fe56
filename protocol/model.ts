/**
 * What clients are told of a room: participants, what they publish, and the
 * policy they live under.
 *
 * @module
 */
import * as z from "zod";
import {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaCodec,
  MediaKind,
  SctpParameters,
} from "./media.ts";
import { isDeeperThan, isSafe, UNSAFE } from "./text.ts";

/** 1 to 64 letters, digits, `-`, `_`, `.`, `~`: safe in a URL path as it stands. */
export const RoomName = z.string().regex(
  /^[A-Za-z0-9._~-]{1,64}$/,
  "1 to 64 of A-Z a-z 0-9 . _ ~ -",
);

/** Who a participant is, across sessions; given by the access token. */
export const Identity = z.string().min(1).max(128).refine(isSafe, UNSAFE);
export const DisplayName = z.string().max(128).refine(isSafe, UNSAFE);
export const Id = z.string().min(1).max(64);

/** What carries app data to others adds some levels, and must still be read. */
export const MAX_APP_DATA_DEPTH = 16;

/**
 * A value the application attaches; the service passes it on and never looks
 * inside. It may have come in a token or from an operator, not in a frame.
 */
export const AppData = z.unknown().refine(
  (value) => !isDeeperThan(value, MAX_APP_DATA_DEPTH),
  { error: `nested deeper than ${MAX_APP_DATA_DEPTH}`, abort: true },
).refine(isSafe, UNSAFE);

/** A name the publisher gives to a track; it outlives producer ids. */
export const TrackKey = z.string().min(1).max(64);
export const TrackSource = z.enum([
  "microphone",
  "camera",
  "screen",
  "screenAudio",
  "other",
]);
export type TrackSource = z.infer<typeof TrackSource>;

export const ProducerInfo = z.object({
  producerId: Id,
  key: TrackKey,
  kind: MediaKind,
  source: TrackSource,
  /** Muted by the publisher. */
  paused: z.boolean(),
  /** `simulcast` and `svc` producers have layers to prefer. */
  type: z.enum(["simple", "simulcast", "svc"]),
  appData: AppData.optional(),
});
export type ProducerInfo = z.infer<typeof ProducerInfo>;

export const DataProducerInfo = z.object({
  dataProducerId: Id,
  key: TrackKey,
  label: z.string().max(128),
  protocol: z.string().max(128),
  appData: AppData.optional(),
});
export type DataProducerInfo = z.infer<typeof DataProducerInfo>;

/**
 * How a participant's media fares, in the words of the W3C: the worst of its
 * transports. `new` while it has none.
 */
export const MediaState = z.enum([
  "new",
  "checking",
  "connected",
  "completed",
  "disconnected",
  "failed",
  "closed",
]);
export type MediaState = z.infer<typeof MediaState>;

export const ParticipantInfo = z.object({
  sessionId: Id,
  identity: Identity,
  name: DisplayName,
  metadata: AppData.optional(),
  state: z.enum(["connected", "reconnecting"]),
  /** Milliseconds since 1970, by the clock of the service; while `reconnecting`. */
  graceUntil: z.number().optional(),
  mediaState: MediaState,
  producers: z.array(ProducerInfo),
  dataProducers: z.array(DataProducerInfo),
});
export type ParticipantInfo = z.infer<typeof ParticipantInfo>;

const rights = {
  /** To come in, and to stay. */
  join: z.boolean(),
  /** Tracks: any, none, or those of these sources. */
  publish: z.union([z.boolean(), z.array(TrackSource)]),
  /** The tracks and data channels of others. */
  subscribe: z.boolean(),
  /** Messages and data channels. */
  sendData: z.boolean(),
  /** One's own name and metadata. */
  updateMetadata: z.boolean(),
  /** To manage rooms over the admin API; a room itself does not ask for it. */
  admin: z.boolean(),
};

/** What a participant may do. A token that is silent on a right gives it, but for `admin`. */
export const Grants = z.object({
  join: rights.join.default(true),
  publish: rights.publish.default(true),
  subscribe: rights.subscribe.default(true),
  sendData: rights.sendData.default(true),
  updateMetadata: rights.updateMetadata.default(true),
  admin: rights.admin.default(false),
});
export type Grants = z.infer<typeof Grants>;

/** Some rights; those that are not named stay as they are. */
export const GrantsPatch = z.strictObject(rights).partial();
export type GrantsPatch = z.infer<typeof GrantsPatch>;

/** Why a session ended. */
export const EndReason = z.enum([
  /** The participant left or closed the connection. */
  "left",
  /** Nothing was heard of the participant for too long. */
  "networkDisconnect",
  /** The room was lost with the process that held it. */
  "nodeCrashed",
  /** The identity joined again. */
  "duplicateIdentity",
  /** An operator, or a rule of the room, removed the participant. */
  "removed",
  /** The room was closed. */
  "roomClosed",
  /** The service shut down. */
  "serverShutdown",
  /** The client broke the protocol, or the service failed. */
  "protocolError",
]);
export type EndReason = z.infer<typeof EndReason>;

/** What a room allows and how it keeps time. Announced in the answer to `join`. */
export const Policy = z.object({
  /** Milliseconds between pings of the server. */
  pingIntervalMs: z.int().min(100).max(60_000).default(1_000),
  /** Milliseconds without any frame after which a connection is lost. */
  timeoutMs: z.int().min(500).max(300_000).default(4_000),
  /** Milliseconds of silence after which a client looks for another connection. */
  suspectAfterMs: z.int().min(250).max(60_000).default(2_000),
  /** Milliseconds from the last sign of life to the eviction of a lost session. */
  evictAfterMs: z.int().min(500).max(3_600_000).default(12_000),
  /** Events, and bytes of them, that are kept for a session until it acknowledges them. */
  maxLogEvents: z.int().min(1).max(65_536).default(512),
  maxLogBytes: z.int().min(1_024).max(16_777_216).default(262_144),
  /** Wrong secrets in a minute after which a session takes none for a while. */
  maxWrongSecrets: z.int().min(1).max(1_000).default(5),
  /**
   * Messages of a client a second, and at once; a message counts once more for
   * each KiB, and for each 256 bytes that others are told of it. Beyond, requests
   * are refused (53009), and those that are sent again after a resume are not.
   */
  maxMessagesPerSecond: z.int().min(1).max(100_000).default(100),
  maxMessageBurst: z.int().min(64).max(1_000_000).default(2_000),
  /** Whether a resume wants an access token that still holds. */
  requireTokenOnResume: z.boolean().default(false),
  /** Milliseconds before its access token expires that a client is asked for another. */
  tokenRefreshMs: z.int().min(0).max(86_400_000).default(60_000),
  /** Milliseconds from `connectWebRtcTransport` to DTLS connected. */
  dtlsTimeoutMs: z.int().min(500).max(300_000).default(15_000),
  /** At most one incident of ICE restarts in so many milliseconds, with so many tries. */
  iceRestartWindowMs: z.int().min(0).max(600_000).default(20_000),
  maxIceRestarts: z.int().min(1).max(1_000).default(10),
  /** After an outage of so many milliseconds, transports are always looked at. */
  mediaCheckAfterMs: z.int().min(0).max(600_000).default(7_000),
  /** Milliseconds that an empty room lives on. */
  emptyRoomMs: z.int().min(0).max(86_400_000).default(30_000),
  maxParticipants: z.int().min(1).max(10_000).default(100),
  maxTransports: z.int().min(1).max(64).default(4),
  maxProducers: z.int().min(0).max(1_000).default(16),
  maxDataProducers: z.int().min(0).max(1_000).default(16),
  maxConsumers: z.int().min(0).max(10_000).default(1_000),
  /** Bytes of JSON. */
  maxMessageBytes: z.int().min(1).max(1_048_576).default(16_384),
  /** Bytes of JSON. */
  maxMetadataBytes: z.int().min(1).max(65_536).default(4_096),
  /** What a second join with the same identity does. */
  duplicateIdentity: z.enum(["replace", "reject", "allow"]).default("replace"),
  /**
   * What may be published, in the order in which browsers try it. A change holds
   * for media that is set up after the media server was lost.
   */
  codecs: z.array(MediaCodec).min(1).max(8)
    .refine((codecs) => new Set(codecs).size === codecs.length, "each once")
    .default([...MediaCodec.options]),
});
export type Policy = z.infer<typeof Policy>;

type Undefaulted = {
  [K in keyof typeof Policy.shape]: z.ZodOptional<
    ReturnType<(typeof Policy.shape)[K]["unwrap"]>
  >;
};

/** Some of a policy; what is not named stays as it is. */
export const PolicyPatch = z.strictObject(
  Object.fromEntries(
    Object.entries(Policy.shape)
      .map(([name, value]) => [name, z.optional(value.unwrap())]),
  ) as Undefaulted,
);
export type PolicyPatch = z.infer<typeof PolicyPatch>;

/** All that a browser needs to open its end of a transport. */
export const TransportInfo = z.object({
  transportId: Id,
  iceParameters: IceParameters,
  iceCandidates: z.array(IceCandidate),
  dtlsParameters: DtlsParameters,
  sctpParameters: SctpParameters.optional(),
});
export type TransportInfo = z.infer<typeof TransportInfo>;

/** As `RTCIceServer`. */
export const IceServer = z.object({
  urls: z.array(z.string().max(512)),
  username: z.string().max(512).optional(),
  credential: z.string().max(512).optional(),
});
export type IceServer = z.infer<typeof IceServer>;
