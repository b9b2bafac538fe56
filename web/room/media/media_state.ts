import type { MediaProblem } from "./problem.ts";

/** How one's own microphone or camera stands. */
export type Access =
  | { at: "closed" }
  /** The browser may be showing its question. */
  | { at: "asking" }
  | { at: "live"; track: MediaStreamTrack }
  | { at: "failed"; problem: MediaProblem };

export type Source = {
  /** The person wants to be heard or seen. */
  on: boolean;
  access: Access;
  deviceId: string | undefined;
};

export type Device = { deviceId: string; label: string };
export type DeviceLists = {
  microphones: Device[];
  cameras: Device[];
  speakers: Device[];
};

export type MediaState = {
  microphone: Source;
  camera: Source;
  devices: DeviceLists;
  speakerId: string | undefined;
};

/** The track to send and to show, if the device is on and works. */
export function activeTrack(source: Source): MediaStreamTrack | undefined {
  return source.on ? openTrack(source) : undefined;
}

/** The device's track, be it muted or not. */
export function openTrack(source: Source): MediaStreamTrack | undefined {
  return source.access.at === "live" ? source.access.track : undefined;
}

export function problemIn(source: Source): MediaProblem | undefined {
  return source.access.at === "failed" ? source.access.problem : undefined;
}
