/**
 * What a room's process asks of a sidecar, and what the sidecar tells it. One
 * table, checked at both ends. The verbs are mediasoup's.
 *
 * @module
 */
import { z } from "zod";
import {
  ConsumerLayers,
  ConsumerScore,
  ConsumerType,
  DtlsParameters,
  IceParameters,
  MediaCodec,
  MediaKind,
  ProducerScore,
  RtpCapabilities,
  RtpCodecCapability,
  RtpParameters,
  SctpStreamParameters,
} from "../protocol/media.ts";
import { Id, TransportInfo } from "../protocol/model.ts";

const Nothing = z.strictObject({});
const router = z.strictObject({ routerId: Id });
const transport = router.extend({ transportId: Id });
const producer = router.extend({ producerId: Id });
const consumer = router.extend({ consumerId: Id });
const dataProducer = router.extend({ dataProducerId: Id });
const dataConsumer = router.extend({ dataConsumerId: Id });
const pipe = router.extend({ pipeId: Id });
/** mediasoup's own stat objects, passed on as they are. */
const Stats = z.object({ stats: z.array(z.record(z.string(), z.unknown())) });
/** Bits per second; 0 takes the limit away. */
const bitrate = z.int().min(0);

export const IceState = z.enum([
  "new",
  "connected",
  "completed",
  "disconnected",
  "closed",
]);
export const DtlsState = z.enum([
  "new",
  "connecting",
  "connected",
  "failed",
  "closed",
]);
export const SctpState = DtlsState;

export const WorkerStatus = z.object({
  pid: z.int(),
  routers: z.int(),
  transports: z.int(),
  consumers: z.int(),
  /** Of one core, 0 to 1, over the last seconds. */
  load: z.number(),
  /** The address of its sidecar, where there are several. */
  sidecar: z.string().optional(),
});

/** What is open in a router. */
export const RouterDump = z.object({
  routerId: Id,
  rtpCapabilities: RtpCapabilities,
  transports: z.array(z.object({
    transportId: Id,
    ice: IceState,
    dtls: DtlsState,
    sctp: SctpState.optional(),
    producerIds: z.array(Id),
    /** Those of them that are paused. */
    pausedIds: z.array(Id).optional(),
    consumerIds: z.array(Id),
    dataProducerIds: z.array(Id),
    dataConsumerIds: z.array(Id),
  })),
  /** Whether it was made as a part of one in another sidecar. */
  isPart: z.boolean().optional(),
  /** To its parts in other sidecars, with what comes in from there. */
  pipes: z.array(z.object({
    pipeId: Id,
    producerIds: z.array(Id),
    dataProducerIds: z.array(Id),
  })).optional(),
});

/** Where a pipe transport takes what its other end sends. */
const PipeAddress = z.object({
  ip: z.string().max(255),
  port: z.int().min(1).max(65_535),
  /** Missing: neither end encrypts. */
  srtpParameters: z.object({
    cryptoSuite: z.enum([
      "AEAD_AES_256_GCM",
      "AEAD_AES_128_GCM",
      "AES_CM_128_HMAC_SHA1_80",
      "AES_CM_128_HMAC_SHA1_32",
    ]),
    keyBase64: z.string().max(128),
  }).optional(),
});

type Definition = {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Doing it twice is doing it once, so that a link may retry it on `UNAVAILABLE`. */
  readonly idempotent: boolean;
};

export const methods = {
  getStatus: {
    params: Nothing,
    result: z.object({
      mediasoup: z.string(),
      workers: z.array(WorkerStatus),
      routers: z.int(),
    }),
    idempotent: true,
  },

  createRouter: {
    params: z.strictObject({
      /** A router in another sidecar: this one is to be a part of it, of the same id. */
      partOf: Id.optional(),
      /** For logs and for spreading rooms. */
      label: z.string().max(128),
      mediaCodecs: z.array(
        RtpCodecCapability.partial({ preferredPayloadType: true }),
      ).max(32)
        .optional(),
      /** Of the sidecar's own, instead; in this order. */
      codecs: z.array(MediaCodec).max(8).optional(),
      /** Milliseconds between audio level events; 0 turns them off. */
      audioLevelIntervalMs: z.int().min(0).max(10_000).optional(),
    }),
    result: z.object({ routerId: Id, rtpCapabilities: RtpCapabilities }),
    idempotent: false,
  },
  /** Takes over a router under a newer epoch: its events go to the caller from now on. */
  claimRouter: { params: router, result: RouterDump, idempotent: true },
  closeRouter: { params: router, result: Nothing, idempotent: true },
  dumpRouter: { params: router, result: RouterDump, idempotent: true },

  /** What another sidecar needs to know to make a part of it. */
  describeRouter: {
    params: router,
    result: z.object({
      label: z.string(),
      mediaCodecs: z.array(
        RtpCodecCapability.partial({ preferredPayloadType: true }),
      ),
      audioLevelIntervalMs: z.int(),
      /** The part must have the same. */
      rtpCapabilities: RtpCapabilities,
    }),
    idempotent: true,
  },

  createWebRtcTransport: {
    params: router.extend({
      /**
       * How many tracks and channels there are to be received over it, with those
       * of other sidecars. Where no worker has room for that, it is refused with
       * `RESOURCE_EXHAUSTED`; without it, it is made all the same.
       */
      expected: z.int().min(0).optional(),
      forceTcp: z.boolean().optional(),
      /** Whether data channels are wanted. */
      sctp: z.boolean().optional(),
      maxIncomingBitrate: bitrate.optional(),
      maxOutgoingBitrate: bitrate.optional(),
    }),
    result: TransportInfo,
    idempotent: false,
  },
  connectWebRtcTransport: {
    params: transport.extend({ dtlsParameters: DtlsParameters }),
    result: Nothing,
    idempotent: false,
  },
  restartIce: {
    params: transport,
    result: z.object({ iceParameters: IceParameters }),
    idempotent: false,
  },
  setMaxIncomingBitrate: {
    params: transport.extend({ bitrate }),
    result: Nothing,
    idempotent: true,
  },
  setMaxOutgoingBitrate: {
    params: transport.extend({ bitrate }),
    result: Nothing,
    idempotent: true,
  },
  getTransportStats: { params: transport, result: Stats, idempotent: true },
  closeTransport: { params: transport, result: Nothing, idempotent: true },

  produce: {
    params: transport.extend({
      kind: MediaKind,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
    }),
    result: z.object({
      producerId: Id,
      type: z.enum(["simple", "simulcast", "svc"]),
    }),
    idempotent: false,
  },
  pauseProducer: { params: producer, result: Nothing, idempotent: true },
  resumeProducer: { params: producer, result: Nothing, idempotent: true },
  getProducerStats: { params: producer, result: Stats, idempotent: true },
  closeProducer: { params: producer, result: Nothing, idempotent: true },

  consume: {
    params: transport.extend({
      producerId: Id,
      rtpCapabilities: RtpCapabilities,
      paused: z.boolean(),
      preferredLayers: ConsumerLayers.optional(),
    }),
    result: z.object({
      consumerId: Id,
      kind: MediaKind,
      type: ConsumerType,
      rtpParameters: RtpParameters,
      producerPaused: z.boolean(),
    }),
    idempotent: false,
  },
  pauseConsumer: { params: consumer, result: Nothing, idempotent: true },
  resumeConsumer: { params: consumer, result: Nothing, idempotent: true },
  setConsumerPreferredLayers: {
    params: consumer.extend({ layers: ConsumerLayers }),
    result: Nothing,
    idempotent: true,
  },
  setConsumerPriority: {
    params: consumer.extend({ priority: z.int().min(1).max(255) }),
    result: Nothing,
    idempotent: true,
  },
  requestConsumerKeyFrame: {
    params: consumer,
    result: Nothing,
    idempotent: true,
  },
  getConsumerStats: { params: consumer, result: Stats, idempotent: true },
  closeConsumer: { params: consumer, result: Nothing, idempotent: true },

  produceData: {
    params: transport.extend({
      sctpStreamParameters: SctpStreamParameters,
      label: z.string().max(128),
      protocol: z.string().max(128),
    }),
    result: z.object({ dataProducerId: Id }),
    idempotent: false,
  },
  closeDataProducer: {
    params: dataProducer,
    result: Nothing,
    idempotent: true,
  },
  consumeData: {
    params: transport.extend({ dataProducerId: Id }),
    result: z.object({
      dataConsumerId: Id,
      sctpStreamParameters: SctpStreamParameters,
      label: z.string(),
      protocol: z.string(),
    }),
    idempotent: false,
  },
  closeDataConsumer: {
    params: dataConsumer,
    result: Nothing,
    idempotent: true,
  },

  /** One end of a pipe between two parts of a router; the other has the same id. */
  createPipeTransport: {
    params: pipe,
    result: PipeAddress,
    idempotent: true,
  },
  /** Answered when something has come through: both ends are to be asked at once. */
  connectPipeTransport: {
    params: pipe.extend({ remote: PipeAddress }),
    result: Nothing,
    idempotent: true,
  },
  closePipeTransport: { params: pipe, result: Nothing, idempotent: true },
  /** Sends a producer over a pipe, as long as there is one. */
  pipeProducer: {
    params: pipe.extend({ producerId: Id }),
    result: z.object({
      kind: MediaKind,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
    }),
    idempotent: true,
  },
  /** Takes what `pipeProducer` sends at the other end, under the same id. */
  producePiped: {
    params: pipe.extend({
      producerId: Id,
      kind: MediaKind,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
    }),
    result: Nothing,
    idempotent: true,
  },
  pipeDataProducer: {
    params: pipe.extend({ dataProducerId: Id }),
    result: z.object({
      sctpStreamParameters: SctpStreamParameters,
      label: z.string(),
      protocol: z.string(),
    }),
    idempotent: true,
  },
  produceDataPiped: {
    params: pipe.extend({
      dataProducerId: Id,
      sctpStreamParameters: SctpStreamParameters,
      label: z.string(),
      protocol: z.string(),
    }),
    result: Nothing,
    idempotent: true,
  },
} as const satisfies Record<string, Definition>;

export type SfuMethod = keyof typeof methods;
export type SfuParams<M extends SfuMethod> = z.infer<
  (typeof methods)[M]["params"]
>;
export type SfuResult<M extends SfuMethod> = z.infer<
  (typeof methods)[M]["result"]
>;

/** What brought a producer, consumer or transport down. */
const CloseCause = z.enum(["transportClosed", "producerClosed"]);

/** Every event belongs to a router and goes to the router's owner, in order. */
export const events = {
  transportState: transport.extend({
    ice: IceState,
    dtls: DtlsState,
    sctp: SctpState.optional(),
  }),
  producerScore: producer.extend({ scores: z.array(ProducerScore) }),
  consumerScore: consumer.extend({ score: ConsumerScore }),
  consumerLayers: consumer.extend({ layers: ConsumerLayers.nullable() }),
  /** Closed by its parent; what the owner closes by a call is not told again. */
  producerClosed: producer.extend({ cause: CloseCause }),
  consumerClosed: consumer.extend({ cause: CloseCause }),
  dataProducerClosed: dataProducer.extend({ cause: CloseCause }),
  dataConsumerClosed: dataConsumer.extend({ cause: CloseCause }),
  /** Loudest first, in dBov; empty: silence. */
  audioLevels: router.extend({
    levels: z.array(z.object({ producerId: Id, volume: z.number() })),
  }),
  activeSpeaker: router.extend({ producerId: Id }),
  /** Nothing comes through, which is told again as long as it is so. */
  pipeFailed: pipe,
  /** Gone with its sidecar, while the router lives on in another; said by a pool. */
  transportLost: transport,
  /** The router and all in it are gone. */
  routerClosed: router.extend({
    cause: z.enum(["workerDied", "leaseExpired", "fenced"]),
  }),
} as const satisfies Record<string, z.ZodObject>;

export type SfuEventName = keyof typeof events;
/** An event as a room gets it. */
export type SfuEvent = {
  [E in SfuEventName]: {
    readonly event: E;
    readonly params: z.infer<(typeof events)[E]>;
  };
}[SfuEventName];

/**
 * Events that the next of their kind makes up for: they are dropped, not kept,
 * while nobody is there to hear them.
 */
export const volatileEvents: ReadonlySet<SfuEventName> = new Set([
  "producerScore",
  "consumerScore",
  "consumerLayers",
  "audioLevels",
  "activeSpeaker",
]);
