/**
 * What a router speaks unless its room says otherwise.
 *
 * @module
 */
import type { types } from "mediasoup";
import type { MediaCodec } from "../../protocol/media.ts";

/** Kilobits per second: a first picture that is not mud. */
const video = { "x-google-start-bitrate": 1000 };

/** In the order in which a browser that is not told otherwise tries them. */
export const defaultMediaCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: "audio",
    mimeType: "audio/opus",
    clockRate: 48000,
    channels: 2,
    parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
  },
  { kind: "video", mimeType: "video/VP8", clockRate: 90000, parameters: video },
  {
    kind: "video",
    mimeType: "video/VP9",
    clockRate: 90000,
    parameters: { "profile-id": 0, ...video },
  },
  {
    kind: "video",
    mimeType: "video/VP9",
    clockRate: 90000,
    parameters: { "profile-id": 2, ...video },
  },
  {
    kind: "video",
    mimeType: "video/H264",
    clockRate: 90000,
    parameters: {
      "packetization-mode": 1,
      "profile-level-id": "42e01f",
      "level-asymmetry-allowed": 1,
      ...video,
    },
  },
  { kind: "video", mimeType: "video/AV1", clockRate: 90000, parameters: video },
];

/** Those with these MIME types, in this order. */
export const codecsNamed = (
  mimeTypes: readonly MediaCodec[],
): types.RouterRtpCodecCapability[] =>
  mimeTypes.flatMap((name) =>
    defaultMediaCodecs.filter(({ mimeType }) => mimeType === name)
  );
