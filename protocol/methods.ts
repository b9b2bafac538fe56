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
import {
  AppData,
  DisplayName,
  IceServer,
  Id,
  Identity,
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

export const JoinParams = z.strictObject({
  token: z.string().min(1).max(8_192),
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
  identity: Identity,
  /** The `seq` before the first event of this session. */
  seq: z.int().min(0),
  /** Everybody in the room, oneself included. */
  participants: z.array(ParticipantInfo),
  routerRtpCapabilities: RtpCapabilities,
  iceServers: z.array(IceServer),
  policy: Policy,
});
export type JoinResult = z.infer<typeof JoinResult>;

export const methods = {
  /** The first message of a connection. */
  join: { params: JoinParams, result: JoinResult },
  /** Ends the session; the server closes the connection after the answer. */
  leave: { params: z.strictObject({}), result: Nothing },
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
  restartIce: {
    params: transport,
    result: z.object({ iceParameters: IceParameters }),
  },
  closeTransport: { params: transport, result: Nothing },

  produce: {
    params: transport.extend({
      key: TrackKey,
      kind: MediaKind,
      source: TrackSource,
      rtpParameters: RtpParameters,
      paused: z.boolean().optional(),
      appData: AppData.optional(),
    }),
    result: z.object({ producerId: Id }),
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
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

export type Method = keyof typeof methods;
export type Params<M extends Method> = z.infer<(typeof methods)[M]["params"]>;
export type Result<M extends Method> = z.infer<(typeof methods)[M]["result"]>;

/** What the server asks of a client. */
export const serverMethods = {
  /** The answer acknowledges all events up to `ack`. */
  ping: {
    params: z.object({}),
    result: z.strictObject({ ack: z.int().min(0) }),
  },
} as const;
