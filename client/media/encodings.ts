import type { types } from "mediasoup-client";
import type { TrackSource } from "../api/tracks.ts";

/** Bits per second for a picture whose shorter side has at least so many pixels. */
const BITRATES: readonly (readonly [side: number, bitrate: number])[] = [
  [1080, 4_000_000],
  [720, 2_000_000],
  [540, 1_000_000],
  [360, 600_000],
  [270, 350_000],
  [180, 180_000],
  [0, 120_000],
];

/** Text and fine lines cost more than faces. */
const SCREEN_FACTOR = 1.5;

/** For a track that does not tell its size. */
const DEFAULT_SIZE = { width: 1280, height: 720 };

type Size = { readonly width: number; readonly height: number };

export type EncodingWish = {
  readonly source: TrackSource;
  readonly simulcast: boolean;
  /** Instead of all that is decided here. */
  readonly encodings: readonly RTCRtpEncodingParameters[] | undefined;
  /** Nothing is sent until the encodings are made active. */
  readonly active: boolean;
};

/** What is to be sent of a track: for simulcast, the smallest picture first. */
export function encodingsOf(
  track: MediaStreamTrack,
  { source, simulcast, encodings, active }: EncodingWish,
): types.RtpEncodingParameters[] {
  const chosen: readonly types.RtpEncodingParameters[] = encodings ??
    (track.kind === "audio"
      ? [audioEncoding(source)]
      : videoEncodings(track, source, simulcast));
  return chosen.map((encoding) => ({ ...encoding, active }));
}

/** The media server takes several pictures of one track in these alone. */
const SIMULCAST = /^video\/(VP8|H264)$/i;

/** As many as the codec allows: of several, else the largest. */
export function encodingsFor(
  encodings: types.RtpEncodingParameters[],
  videoCodec: unknown,
): types.RtpEncodingParameters[] {
  const isSeveral = typeof videoCodec !== "string" ||
    SIMULCAST.test(videoCodec);
  return isSeveral ? encodings : encodings.slice(-1);
}

/** `dtx` tells the media server not to take the silence for a loss. */
function audioEncoding(source: TrackSource): types.RtpEncodingParameters {
  return { dtx: hasPauses(source) };
}

/** Speech has; music must not be cut. */
function hasPauses(source: TrackSource): boolean {
  return source !== "screenAudio";
}

function videoEncodings(
  track: MediaStreamTrack,
  source: TrackSource,
  simulcast: boolean,
): types.RtpEncodingParameters[] {
  const size = { ...DEFAULT_SIZE, ...track.getSettings() };
  if (source === "screen") {
    return [{ maxBitrate: bitrateOf(size, 1) * SCREEN_FACTOR }];
  }
  const layers = source === "camera" && simulcast ? layersOf(size) : 1;
  return Array.from({ length: layers }, (_, layer) => {
    const scaleResolutionDownBy = 2 ** (layers - 1 - layer);
    const maxBitrate = bitrateOf(size, scaleResolutionDownBy);
    return { scaleResolutionDownBy, maxBitrate };
  });
}

/** Browsers make no more of a picture than this anyway. */
function layersOf({ width, height }: Size): number {
  const side = Math.max(width, height);
  if (side >= 960) return 3;
  return side >= 640 ? 2 : 1;
}

function bitrateOf({ width, height }: Size, scale: number): number {
  const side = Math.min(width, height) / scale;
  return BITRATES.find(([least]) => side >= least)?.[1] ?? 0;
}

export function codecOptionsOf(
  kind: string,
  source: TrackSource,
): types.ProducerCodecOptions {
  // Chromium starts a video at 300 kbit/s and takes seconds to find out more.
  if (kind === "video") return { videoGoogleStartBitrate: 1_000 };
  return hasPauses(source) ? { opusDtx: true, opusFec: true } : {
    opusStereo: true,
    opusDtx: false,
    opusFec: true,
    opusMaxAverageBitrate: 128_000,
  };
}
