/** What a track shows; apps lay out and label by it. */
export type TrackSource =
  | "microphone"
  | "camera"
  | "screen"
  | "screenAudio"
  | "other";

/** As `MediaStreamTrack.kind`. */
export type TrackKind = "audio" | "video";
