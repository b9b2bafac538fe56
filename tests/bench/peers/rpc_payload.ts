/** About 600 bytes to ask with, and 1 KB to answer. */
import type { SfuParams, SfuResult } from "../../../sfu/methods.ts";

const rtcpFeedback = [
  { type: "nack", parameter: "" },
  { type: "nack", parameter: "pli" },
  { type: "ccm", parameter: "fir" },
  { type: "transport-cc", parameter: "" },
];

export const consume: SfuParams<"consume"> = {
  routerId: "0b4ad9c1-31d8-4a45-90b5-6d1ef8b3a7a0",
  transportId: "5a0aef83-8a58-4a66-8d5b-6f7a3b0e2c11",
  producerId: "c4a2f0b9-7d1e-4f4e-9d3d-1c5e0f9a8b22",
  paused: true,
  rtpCapabilities: {
    codecs: [{
      kind: "video",
      mimeType: "video/VP8",
      clockRate: 90_000,
      preferredPayloadType: 101,
      parameters: {},
      rtcpFeedback,
    }],
    headerExtensions: [{
      kind: "video",
      uri: "urn:ietf:params:rtp-hdrext:sdes:mid",
      preferredId: 1,
      preferredEncrypt: false,
      direction: "sendrecv",
    }],
  },
};

export const consumed: SfuResult<"consume"> = {
  consumerId: "e7b1c7b4-2a6f-4c8d-b0a3-9f4d5e6c7a33",
  kind: "video",
  type: "simulcast",
  producerPaused: false,
  rtpParameters: {
    mid: "3",
    codecs: [
      {
        mimeType: "video/VP8",
        payloadType: 101,
        clockRate: 90_000,
        parameters: {},
        rtcpFeedback,
      },
      {
        mimeType: "video/rtx",
        payloadType: 102,
        clockRate: 90_000,
        parameters: { apt: 101 },
        rtcpFeedback: [],
      },
    ],
    headerExtensions: [
      ["urn:ietf:params:rtp-hdrext:sdes:mid", 1],
      ["http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", 4],
      ["urn:3gpp:video-orientation", 11],
    ].map(([uri, id]) => ({
      uri: String(uri),
      id: Number(id),
      encrypt: false,
      parameters: {},
    })),
    encodings: [{
      ssrc: 387_291_044,
      rtx: { ssrc: 387_291_045 },
      scalabilityMode: "L3T3",
    }],
    rtcp: { cname: "m8sXwq2LzKf1", reducedSize: true, mux: true },
  },
};
