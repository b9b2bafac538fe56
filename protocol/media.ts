/**
 * The media descriptions that cross the wire, as mediasoup and mediasoup-client
 * define them. Objects drop fields they do not know: browsers add some with
 * every release, and none of those may pass on to another client.
 *
 * @module
 */
import * as z from "zod";

/**
 * Browsers write it into session descriptions, also those of others, where a line
 * break would begin a line of the sender's own.
 */
const text = (max: number) =>
  z.string().max(max).regex(/^[\x20-\x7e]*$/, "only printable ASCII");
/** A stream is named by it, and a space would end the name. */
const word = (max: number) =>
  z.string().max(max).regex(/^[\x21-\x7e]*$/, "only printable ASCII, no space");
const port = z.int().min(0).max(65535);
const ssrc = z.int().min(0).max(0xffffffff);
const parameters = z.record(
  text(64),
  z.union([text(512), z.number(), z.boolean(), z.null()]),
);

export const MediaKind = z.enum(["audio", "video"]);
export type MediaKind = z.infer<typeof MediaKind>;

const RtcpFeedback = z.object({
  type: text(32),
  parameter: text(32).optional(),
});

const codec = {
  mimeType: text(64),
  clockRate: z.int().positive(),
  channels: z.int().positive().max(16).optional(),
  parameters: parameters.optional(),
  rtcpFeedback: z.array(RtcpFeedback).max(16).optional(),
};
const payloadType = z.int().min(0).max(127);

export const RtpCodecCapability = z.object({
  ...codec,
  kind: MediaKind,
  preferredPayloadType: payloadType,
});

/** By the MIME type; what they are with is the media server's business. */
export const MediaCodec = z.enum([
  "audio/opus",
  "video/VP8",
  "video/VP9",
  "video/H264",
  "video/AV1",
]);
export type MediaCodec = z.infer<typeof MediaCodec>;

export const RtpCapabilities = z.object({
  codecs: z.array(RtpCodecCapability).max(64).optional(),
  headerExtensions: z.array(z.object({
    kind: MediaKind,
    uri: text(256),
    preferredId: z.int().min(1).max(255),
    preferredEncrypt: z.boolean().optional(),
    direction: z.enum(["sendrecv", "sendonly", "recvonly", "inactive"])
      .optional(),
  })).max(64).optional(),
});
export type RtpCapabilities = z.infer<typeof RtpCapabilities>;

export const RtpEncodingParameters = z.object({
  ssrc: ssrc.optional(),
  rid: text(32).optional(),
  codecPayloadType: payloadType.optional(),
  rtx: z.object({ ssrc }).optional(),
  dtx: z.boolean().optional(),
  scalabilityMode: text(16).optional(),
  maxBitrate: z.number().positive().optional(),
});

export const RtpParameters = z.object({
  mid: text(32).optional(),
  codecs: z.array(z.object({ ...codec, payloadType })).min(1).max(64),
  headerExtensions: z.array(z.object({
    uri: text(256),
    id: z.int().min(1).max(255),
    encrypt: z.boolean().optional(),
    parameters: parameters.optional(),
  })).max(64).optional(),
  encodings: z.array(RtpEncodingParameters).max(8).optional(),
  rtcp: z.object({
    cname: word(256).optional(),
    reducedSize: z.boolean().optional(),
    mux: z.boolean().optional(),
  }).optional(),
  msid: text(256).optional(),
});
export type RtpParameters = z.infer<typeof RtpParameters>;

export const IceParameters = z.object({
  usernameFragment: text(256),
  password: text(256),
  iceLite: z.boolean().optional(),
});
export type IceParameters = z.infer<typeof IceParameters>;

export const IceCandidate = z.object({
  foundation: text(64),
  priority: z.int().min(0),
  address: text(256),
  ip: text(256),
  protocol: z.enum(["udp", "tcp"]),
  port,
  type: z.enum(["host", "srflx", "prflx", "relay"]),
  tcpType: z.enum(["active", "passive", "so"]).optional(),
});
export type IceCandidate = z.infer<typeof IceCandidate>;

export const DtlsParameters = z.object({
  role: z.enum(["auto", "client", "server"]).optional(),
  fingerprints: z.array(z.object({
    algorithm: z.enum(["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"]),
    value: text(256),
  })).min(1).max(8),
});
export type DtlsParameters = z.infer<typeof DtlsParameters>;

/** Sizes in bytes. */
export const SctpParameters = z.object({
  port,
  maxSendMessageSize: z.int().positive(),
  maxReceiveMessageSize: z.int().positive(),
  OS: z.int().optional(),
  MIS: z.int().optional(),
  maxMessageSize: z.int().optional(),
});
export type SctpParameters = z.infer<typeof SctpParameters>;

export const SctpStreamParameters = z.object({
  streamId: z.int().min(0).max(65535),
  ordered: z.boolean().optional(),
  /** Milliseconds. */
  maxPacketLifeTime: z.int().positive().optional(),
  maxRetransmits: z.int().min(0).optional(),
});
export type SctpStreamParameters = z.infer<typeof SctpStreamParameters>;

export const ConsumerLayers = z.object({
  spatialLayer: z.int().min(0).max(7),
  temporalLayer: z.int().min(0).max(7).optional(),
});
export type ConsumerLayers = z.infer<typeof ConsumerLayers>;

export const ConsumerType = z.enum(["simple", "simulcast", "svc", "pipe"]);

/** From 0 (nothing arrives) to 10 (perfect). */
export const Score = z.number().min(0).max(10);
export const ConsumerScore = z.object({
  score: Score,
  producerScore: Score,
  producerScores: z.array(Score),
});
export const ProducerScore = z.object({
  encodingIdx: z.int().min(0),
  ssrc,
  rid: text(32).optional(),
  score: Score,
});
