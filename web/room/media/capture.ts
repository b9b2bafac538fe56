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

/**
 * Opens the wanted devices; a value is the id of the preferred one. Both are
 * asked for at once; where that fails, the one is not lost with the other.
 */
export async function capture(
  devices: MediaDevices | undefined,
  wanted: Wanted,
): Promise<Map<DeviceKind, Captured>> {
  const kinds = kindsIn(wanted);
  const problem = missing(devices);
  if (devices === undefined || problem !== undefined) {
    return failed(kinds, problem ?? "unsupported");
  }
  try {
    const stream = await devices.getUserMedia(constraints(wanted));
    return new Map(kinds.map((kind) => [kind, trackOf(stream, kind)]));
  } catch (error) {
    return kinds.length > 1 && await isWorthSplitting(error)
      ? await captureEach(devices, wanted)
      : failed(kinds, problemOf(error));
  }
}

function missing(devices: MediaDevices | undefined): MediaProblem | undefined {
  if (devices !== undefined) return undefined;
  return globalThis.isSecureContext ? "unsupported" : "insecure";
}

async function captureEach(
  devices: MediaDevices,
  wanted: Wanted,
): Promise<Map<DeviceKind, Captured>> {
  const all = new Map<DeviceKind, Captured>();
  for (const kind of kindsIn(wanted)) {
    const one = await capture(devices, { [kind]: wanted[kind] });
    for (const [key, captured] of one) all.set(key, captured);
  }
  return all;
}

/** After a "no" a second question would annoy, unless one has a "yes" already. */
async function isWorthSplitting(error: unknown): Promise<boolean> {
  if (problemOf(error) !== "refused") return true;
  return await isGranted("camera") || await isGranted("microphone");
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
    deviceId === undefined ? {} : { deviceId };
  return {
    audio: "microphone" in wanted && { ...audio, ...chosen(wanted.microphone) },
    video: "camera" in wanted && { ...video, ...chosen(wanted.camera) },
  };
}

function kindsIn(wanted: Wanted): DeviceKind[] {
  return (["microphone", "camera"] as const).filter((kind) => kind in wanted);
}

function trackOf(stream: MediaStream, kind: DeviceKind): Captured {
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
