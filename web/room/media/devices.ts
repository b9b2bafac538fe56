import type { Device, DeviceLists } from "./media_state.ts";

export const noDevices: DeviceLists = {
  microphones: [],
  cameras: [],
  speakers: [],
};

/** Of `MediaDevices`, what lists them. */
export type Lister = {
  enumerateDevices(): Promise<Listed[]>;
};
type Listed = Pick<MediaDeviceInfo, "deviceId" | "kind" | "label">;

/** The devices that can be chosen; before permission browsers hide them. */
export async function listDevices(
  devices: Lister | undefined,
): Promise<DeviceLists> {
  if (devices === undefined) return noDevices;
  const all = await devices.enumerateDevices().catch(() => []);
  return {
    microphones: listOf(all, "audioinput", "Microphone"),
    cameras: listOf(all, "videoinput", "Camera"),
    speakers: listOf(all, "audiooutput", "Speaker"),
  };
}

function listOf(
  all: Listed[],
  kind: MediaDeviceKind,
  noun: string,
): Device[] {
  return all
    .filter((device) => device.kind === kind && device.deviceId !== "")
    .map(({ deviceId, label }, index) => ({
      deviceId,
      label: label === "" ? `${noun} ${index + 1}` : tidy(label),
    }));
}

/** Chromium adds the USB ids of a device to its name. */
function tidy(label: string): string {
  return label.replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/, "");
}
