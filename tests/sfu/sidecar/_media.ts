import type { SfuParams } from "../../../sfu/methods.ts";

type RtpParameters = SfuParams<"produce">["rtpParameters"];

const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

/** What a browser's microphone says of itself. */
export function opus(ssrc = 1111): RtpParameters {
  return {
    mid: `a${ssrc}`,
    codecs: [{
      mimeType: "audio/opus",
      payloadType: 111,
      clockRate: 48000,
      channels: 2,
      parameters: { useinbandfec: 1, minptime: 10 },
      rtcpFeedback: [{ type: "transport-cc" }],
    }],
    headerExtensions: [
      { uri: MID, id: 1 },
      { uri: "urn:ietf:params:rtp-hdrext:ssrc-audio-level", id: 6 },
      { uri: "urn:example:unheard-of", id: 14 },
    ],
    encodings: [{ ssrc, dtx: true }],
    rtcp: { cname: "somebody", reducedSize: true },
  };
}

/** What a browser's camera says of itself, in three sizes. */
export function vp8Simulcast(mid = "v1"): RtpParameters {
  return {
    mid,
    codecs: [
      {
        mimeType: "video/VP8",
        payloadType: 96,
        clockRate: 90000,
        rtcpFeedback: [{ type: "nack" }, { type: "nack", parameter: "pli" }],
      },
      {
        mimeType: "video/rtx",
        payloadType: 97,
        clockRate: 90000,
        parameters: { apt: 96 },
      },
    ],
    headerExtensions: [{ uri: MID, id: 1 }, { uri: RID, id: 2 }],
    encodings: ["q", "h", "f"].map((rid) => ({
      rid,
      scalabilityMode: "L1T3",
      maxBitrate: 500_000,
    })),
    rtcp: { cname: "somebody", reducedSize: true },
  };
}
