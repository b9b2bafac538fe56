/**
 * What a client can ask of a room. Parameters refuse unknown fields; results
 * may grow, and clients ignore what they do not know.
 *
 * @module
 */
import * as z from "zod";
import {
  ConsumerLayers,
  ConsumerType,
  DtlsParameters,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  SctpStreamParameters,
} from "./media.ts";
import { RecoveryReport } from "./report.ts";
import {
  AppData,
  DisplayName,
  Grants,
  IceServer,
  Id,
  Identity,
  MediaState,
  ParticipantInfo,
  Policy,
  TrackKey,
  TrackSource,
  TransportInfo,
} from "./model.ts";

const Nothing = z.object({});
const transport = z.strictObject({ transportId: Id });
const producer = z.strictObject({ producerId: Id });
const dataProducer = z.strictObject({ dataProducerId: Id });
const consumer = z.strictObject({ consumerId: Id });
const dataConsumer = z.strictObject({ dataConsumerId: Id });

const Token = z.string().min(1).max(8_192);
/** 256 random bits. */
const Secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "43 of A-Z a-z 0-9 _ -");

export const JoinParams = z.strictObject({
  token: Token,
  /** Instead of the name in the token. */
  name: DisplayName.optional(),
  /** Instead of the metadata in the token. */
  metadata: AppData.optional(),
});
export type JoinParams = z.infer<typeof JoinParams>;

export const JoinResult = z.object({
  /** Of the room; grows each time another process takes it over. */
  epoch: z.int(),
  sessionId: Id,
  /** What a `resume` of the session must show. Known to nobody else. */
  secret: Secret,
  identity: Identity,
  grants: Grants,
  /** Milliseconds since 1970, by the clock of the service. */
  tokenExpiresAt: z.number(),
  /** The `seq` before the first event of this session. */
  seq: z.int().min(0),
  /** Everybody in the room, oneself included. */
  participants: z.array(ParticipantInfo),
  routerRtpCapabilities: RtpCapabilities,
  iceServers: z.array(IceServer),
  policy: Policy,
});
export type JoinResult = z.infer<typeof JoinResult>;

export const ResumeParams = z.strictObject({
  sessionId: Id,
  secret: Secret,
  /** Of the room, as the answer to `join` or the last `resume` gave it. */
  epoch: z.int(),
  /** The `seq` of the last event that was handled. */
  ack: z.int().min(0),
  /**
   * Counts the resumes that the client has sent for this session. One that the
   * network delivers after a later one is refused, and changes nothing.
   */
  attempt: z.int().min(1).optional(),
  /** For rooms that require one. */
  token: Token.optional(),
});
export type ResumeParams = z.infer<typeof ResumeParams>;

export const ResumeResult = z.object({
  epoch: z.int(),
  /** Takes the place of the old one, which holds until the client has spoken again. */
  secret: Secret,
  grants: Grants,
  tokenExpiresAt: z.number(),
  /**
   * The `seq` after which events go on: `ack`, or, with a snapshot, the one that
   * the snapshot includes.
   */
  seq: z.int().min(0),
  /** In place of missed events that are not kept any more. */
  snapshot: z.object({
    /** Everybody in the room. */
    participants: z.array(ParticipantInfo),
    /** Missing while the media server has lost the room: until `mediaServerReady`. */
    routerRtpCapabilities: RtpCapabilities.optional(),
  }).optional(),
  /** One's own transports, by evidence; one that is missing here is gone. */
  transports: z.array(z.object({
    transportId: Id,
    advice: z.enum(["alive", "restart", "recreate"]),
  })),
  /** What of one's own is still there: producers, consumers and their data kin. */
  open: z.array(Id),
  /**
   * Oneself, as the room has it that has another epoch than `resume` named: it
   * may not know the last of what was done before.
   */
  self: ParticipantInfo.optional(),
  iceServers: z.array(IceServer),
  policy: Policy,
});
export type ResumeResult = z.infer<typeof ResumeResult>;

export const methods = {
  /** The first message of a connection, or `resume` is. */
  join: { params: JoinParams, result: JoinResult },
  /** Goes on with a session on a new connection. */
  resume: { params: ResumeParams, result: ResumeResult },
  /** Ends the session; the server closes the connection after the answer. */
  leave: { params: z.strictObject({}), result: Nothing },
  /** Another access token of the same participant, from which its rights follow. */
  refreshToken: {
    params: z.strictObject({ token: Token }),
    result: z.object({ expiresAt: z.number(), grants: Grants }),
  },
  updateMetadata: {
    params: z.strictObject({
      name: DisplayName.optional(),
      metadata: AppData.optional(),
    }),
    result: Nothing,
  },
  /** To all others, or to the sessions named in `to`. */
  sendMessage: {
    params: z.strictObject({
      to: z.array(Id).min(1).max(1_000).optional(),
      topic: z.string().max(64),
      body: AppData,
    }),
    result: Nothing,
  },

  createWebRtcTransport: {
    params: z.discriminatedUnion("direction", [
      z.strictObject({
        direction: z.literal("send"),
        forceTcp: z.boolean().optional(),
      }),
      z.strictObject({
        direction: z.literal("recv"),
        forceTcp: z.boolean().optional(),
        /** Of the device; consumers on this transport are made to fit them. */
        rtpCapabilities: RtpCapabilities,
      }),
    ]),
    result: TransportInfo,
  },
  connectWebRtcTransport: {
    params: transport.extend({ dtlsParameters: DtlsParameters }),
    result: Nothing,
  },
  /**
   * All transports of an incident together. One without `iceParameters` is gone
   * and must be made anew.
   */
  restartIce: {
    params: z.strictObject({ transportIds: z.array(Id).min(1).max(64) }),
    result: z.object({
      transports: z.array(z.object({
        transportId: Id,
        iceParameters: IceParameters.optional(),
      })),
    }),
  },
  closeTransport: { params: transport, result: Nothing },

  produce: {
    params: transport.extend({
      key: TrackKey,
      kind: MediaKind,
      source: TrackSource,
      rtpParameters: RtpParameters,
      paused: z.boolean().optional(),
      /** Takes the place of the producer with this key, if there is one. */
      replace: z.boolean().optional(),
      appData: AppData.optional(),
    }),
    /** `paused` whatever was asked, if the track was muted before. */
    result: z.object({ producerId: Id, paused: z.boolean() }),
  },
  pauseProducer: { params: producer, result: Nothing },
  resumeProducer: { params: producer, result: Nothing },
  closeProducer: { params: producer, result: Nothing },

  /** The consumer starts paused: answer with `resumeConsumer` once it can be played. */
  consume: {
    params: transport.extend({
      producerId: Id,
      preferredLayers: ConsumerLayers.optional(),
    }),
    result: z.object({
      consumerId: Id,
      producerId: Id,
      kind: MediaKind,
      type: ConsumerType,
      rtpParameters: RtpParameters,
      producerPaused: z.boolean(),
    }),
  },
  pauseConsumer: { params: consumer, result: Nothing },
  resumeConsumer: { params: consumer, result: Nothing },
  closeConsumer: { params: consumer, result: Nothing },
  setConsumerPreferredLayers: {
    params: consumer.extend({ layers: ConsumerLayers }),
    result: Nothing,
  },
  /** From 1 (lowest, the default) to 255. */
  setConsumerPriority: {
    params: consumer.extend({ priority: z.int().min(1).max(255) }),
    result: Nothing,
  },
  requestConsumerKeyFrame: { params: consumer, result: Nothing },

  produceData: {
    params: transport.extend({
      key: TrackKey,
      sctpStreamParameters: SctpStreamParameters,
      label: z.string().max(128),
      protocol: z.string().max(128),
      replace: z.boolean().optional(),
      appData: AppData.optional(),
    }),
    result: z.object({ dataProducerId: Id }),
  },
  closeDataProducer: { params: dataProducer, result: Nothing },
  consumeData: {
    params: transport.extend({ dataProducerId: Id }),
    result: z.object({
      dataConsumerId: Id,
      dataProducerId: Id,
      sctpStreamParameters: SctpStreamParameters,
      label: z.string(),
      protocol: z.string(),
    }),
  },
  closeDataConsumer: { params: dataConsumer, result: Nothing },

  /** How one's media fares, as the browser sees it. */
  reportMediaState: {
    params: z.strictObject({ state: MediaState }),
    result: Nothing,
  },
  reportRecovery: { params: RecoveryReport, result: Nothing },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

export type Method = keyof typeof methods;
export type Params<M extends Method> = z.infer<(typeof methods)[M]["params"]>;
export type Result<M extends Method> = z.infer<(typeof methods)[M]["result"]>;

/** What the server asks of a client. */
export const serverMethods = {
  /** The answer acknowledges all events up to `ack`. */
  ping: {
    params: z.object({
      /** Milliseconds from the ping before to its answer. */
      roundTripMs: z.number().min(0).optional(),
    }),
    result: z.strictObject({ ack: z.int().min(0) }),
  },
} as const;
