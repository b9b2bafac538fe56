/** Asking the browser for devices, with one question where one is enough. */
import { type DeviceKind, type MediaProblem, problemOf } from "./problem.ts";

export type Captured =
  | { track: MediaStreamTrack }
  | { problem: MediaProblem };
export type Wanted = Partial<Record<DeviceKind, string | undefined>>;

const audio = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
} satisfies MediaTrackConstraints;
const video = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
} satisfies MediaTrackConstraints;

/** Of `MediaDevices`, what opens them. */
export type Capturer = {
  getUserMedia(constraints: MediaStreamConstraints): Promise<Tracks>;
};
type Tracks = Pick<MediaStream, "getAudioTracks" | "getVideoTracks">;

/**
 * Opens the wanted devices; a value is the id of the preferred one. Both are
 * asked for at once; where that fails, the one is not lost with the other.
 */
export async function capture(
  devices: Capturer | undefined,
  wanted: Wanted,
): Promise<Map<DeviceKind, Captured>> {
  const kinds = kindsIn(wanted);
  if (devices === undefined) {
    return failed(
      kinds,
      globalThis.isSecureContext ? "unsupported" : "insecure",
    );
  }
  try {
    const stream = await devices.getUserMedia(constraints(wanted));
    return new Map(kinds.map((kind) => [kind, trackOf(stream, kind)]));
  } catch (error) {
    return await captureOnFailure(devices, wanted, error);
  }
}

async function captureOnFailure(
  devices: Capturer,
  wanted: Wanted,
  error: unknown,
): Promise<Map<DeviceKind, Captured>> {
  const kinds = kindsIn(wanted);
  const problem = problemOf(error);
  const all = failed(kinds, problem);
  const [kind, another] = kinds;
  if (kind !== undefined && another === undefined) {
    // The one that was chosen once may be gone, and others there.
    const isChosen = wanted[kind] !== undefined && problem === "notFound";
    return isChosen ? await capture(devices, { [kind]: undefined }) : all;
  }
  for (const kind of await worthAnotherTry(kinds, problem)) {
    const one = await capture(devices, { [kind]: wanted[kind] });
    for (const [key, captured] of one) all.set(key, captured);
  }
  return all;
}

/** After a "no", a second question would annoy. */
async function worthAnotherTry(
  kinds: DeviceKind[],
  problem: MediaProblem,
): Promise<DeviceKind[]> {
  if (problem !== "refused") return kinds;
  const granted = await Promise.all(kinds.map(isGranted));
  return kinds.filter((_, index) => granted[index]);
}

/** Whether the browser would hand out the device without asking. */
export async function isGranted(kind: DeviceKind): Promise<boolean> {
  try {
    const name = kind as PermissionName;
    const { state } = await navigator.permissions.query({ name });
    return state === "granted";
  } catch {
    return false;
  }
}

function constraints(wanted: Wanted): MediaStreamConstraints {
  const chosen = (deviceId: string | undefined) =>
    deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  return {
    audio: "microphone" in wanted && { ...audio, ...chosen(wanted.microphone) },
    video: "camera" in wanted && { ...video, ...chosen(wanted.camera) },
  };
}

function kindsIn(wanted: Wanted): DeviceKind[] {
  return (["microphone", "camera"] as const).filter((kind) => kind in wanted);
}

function trackOf(stream: Tracks, kind: DeviceKind): Captured {
  const [track] = kind === "camera"
    ? stream.getVideoTracks()
    : stream.getAudioTracks();
  return track === undefined ? { problem: "notFound" } : { track };
}

function failed(
  kinds: DeviceKind[],
  problem: MediaProblem,
): Map<DeviceKind, Captured> {
  return new Map(kinds.map((kind) => [kind, { problem }]));
}
