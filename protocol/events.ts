/**
 * What a room tells its clients. Events are numbered in each session by `seq`,
 * without gaps, and acknowledged by the answers to pings. Hints are not
 * numbered: the next one makes up for a lost one.
 *
 * @module
 */
import * as z from "zod";
import {
  ConsumerLayers,
  ConsumerScore,
  ProducerScore,
  RtpCapabilities,
} from "./media.ts";
import {
  AppData,
  DataProducerInfo,
  DisplayName,
  EndReason,
  Grants,
  IceServer,
  Id,
  MediaState,
  ParticipantInfo,
  Policy,
  ProducerInfo,
  RoomName,
  TrackKey,
} from "./model.ts";

const session = z.object({ sessionId: Id });

/** Why a producer or consumer is gone. */
export const CloseCause = z.enum([
  "closed",
  "transportClosed",
  "producerClosed",
  "sessionEnded",
  /** The participant may not publish it, or receive it, any more. */
  "revoked",
]);
export type CloseCause = z.infer<typeof CloseCause>;

/** `dtlsTimeout`: never connected, so that the stream is unavailable (53407). */
export const TransportCloseCause = z.enum([
  "dtlsTimeout",
  "dtlsFailed",
  "lost",
]);
export type TransportCloseCause = z.infer<typeof TransportCloseCause>;

export const events = {
  participantConnected: z.object({ participant: ParticipantInfo }),
  participantDisconnected: session.extend({ reason: EndReason }),
  /** Lost, with its place held until `graceUntil`, which is `graceMs` from now. */
  participantReconnecting: session.extend({
    graceUntil: z.number(),
    graceMs: z.number(),
  }),
  participantReconnected: session,
  /** Carries what is now true, whole. */
  participantUpdated: session.extend({
    name: DisplayName,
    metadata: AppData.optional(),
  }),

  producerAdded: session.extend({ producer: ProducerInfo }),
  producerRemoved: session.extend({
    producerId: Id,
    key: TrackKey,
    cause: CloseCause,
  }),
  /** The same track, by its key, through another producer. */
  producerReplaced: session.extend({
    oldProducerId: Id,
    producer: ProducerInfo,
  }),
  producerPaused: session.extend({ producerId: Id, key: TrackKey }),
  producerResumed: session.extend({ producerId: Id, key: TrackKey }),
  dataProducerAdded: session.extend({ dataProducer: DataProducerInfo }),
  dataProducerRemoved: session.extend({
    dataProducerId: Id,
    key: TrackKey,
    cause: CloseCause,
  }),

  dataProducerReplaced: session.extend({
    oldDataProducerId: Id,
    dataProducer: DataProducerInfo,
  }),
  mediaStateChanged: session.extend({ state: MediaState }),

  /** One's own: the server closed them. */
  transportClosed: z.object({ transportId: Id, cause: TransportCloseCause }),
  consumerClosed: z.object({ consumerId: Id, cause: CloseCause }),
  dataConsumerClosed: z.object({ dataConsumerId: Id, cause: CloseCause }),

  /**
   * The media server lost all media of the room: one's own transports and
   * consumers are gone. What is published keeps its key, and is replaced when its
   * owner has published it anew. Nothing can be made before `mediaServerReady`.
   */
  mediaServerLost: z.object({}),
  /** All media is to be made anew now: with these capabilities, and `replace`. */
  mediaServerReady: z.object({ routerRtpCapabilities: RtpCapabilities }),

  /** One's own: what one may do from now on. */
  grantsChanged: z.object({ grants: Grants }),
  /** One's own track: while an operator has it muted, it cannot be unmuted. */
  mutedByServer: z.object({ key: TrackKey, muted: z.boolean() }),
  /** To go to another room, with this access token for it, and leave this one. */
  moved: z.object({ room: RoomName, token: z.string() }),
  /** The policy of the room from now on. */
  policyChanged: z.object({ policy: Policy }),

  /**
   * `from` is a session id; `null`: the service itself. `number` grows from one
   * message of a session to its next; where it has not, one has heard it before.
   */
  message: z.object({
    from: Id.nullable(),
    number: z.int().optional(),
    topic: z.string(),
    body: AppData,
  }),
  /** The last event of a session: the server closes the connection after it. */
  sessionEnded: z.object({ reason: EndReason }),
} as const satisfies Record<string, z.ZodObject>;

export type EventName = keyof typeof events;
export type EventParams<E extends EventName> = z.infer<(typeof events)[E]>;

export const hints = {
  /** Loudest first; `volume` in dBov, -127 to 0. Empty: silence. */
  audioLevels: z.object({
    levels: z.array(session.extend({ volume: z.number() })),
  }),
  activeSpeaker: session,
  /** One's own producers and consumers. */
  producerScore: z.object({ producerId: Id, scores: z.array(ProducerScore) }),
  consumerScore: z.object({ consumerId: Id, score: ConsumerScore }),
  consumerLayers: z.object({
    consumerId: Id,
    layers: ConsumerLayers.nullable(),
  }),
  /** In place of those of the answer to `join` or `resume`, before they expire. */
  iceServers: z.object({ iceServers: z.array(IceServer) }),
  /** The access token should be replaced (`refreshToken`) by then. */
  tokenExpiring: z.object({ expiresAt: z.number() }),
  /**
   * The server goes, and is to be back, or another one at `url` is to take over:
   * one's session can be resumed there after so many milliseconds.
   */
  goingAway: z.object({
    resumeInMs: z.number().min(0).max(60_000),
    /** Of the room; missing: where one is. */
    url: z.url().optional(),
  }),
  /** One's own transport, as the server sees it. */
  transportState: z.object({
    transportId: Id,
    ice: z.enum(["new", "connected", "completed", "disconnected", "closed"]),
    dtls: z.enum(["new", "connecting", "connected", "failed", "closed"]),
    sctp: z.enum(["new", "connecting", "connected", "failed", "closed"])
      .optional(),
  }),
} as const satisfies Record<string, z.ZodObject>;

export type HintName = keyof typeof hints;
export type HintParams<H extends HintName> = z.infer<(typeof hints)[H]>;

/** Why the server closed a WebSocket. */
export const closeCodes = {
  left: 1000,
  goingAway: 1001,
  protocolError: 1002,
  policyViolation: 1008,
  frameTooLarge: 1009,
  internalError: 1011,
  tryAgainLater: 1013,
  joinRejected: 4000,
  joinTimeout: 4001,
  timeout: 4002,
  duplicateIdentity: 4003,
  removed: 4004,
  roomClosed: 4005,
  /** The session goes on, on another connection. */
  resumed: 4007,
} as const satisfies Record<string, number>;
export type CloseName = keyof typeof closeCodes;
