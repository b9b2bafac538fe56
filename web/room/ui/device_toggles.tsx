import {
  type MediaState,
  problemIn,
  type Source,
} from "../media/media_state.ts";
import type { DeviceKind } from "../media/problem.ts";
import { usePage } from "../state/use_page.ts";
import {
  CameraIcon,
  CameraOffIcon,
  MicrophoneIcon,
  MicrophoneOffIcon,
} from "./icons.tsx";
import { RoundButton } from "./round_button.tsx";

const looks = {
  microphone: {
    label: "Microphone",
    On: MicrophoneIcon,
    Off: MicrophoneOffIcon,
    shortcut: "M",
  },
  camera: {
    label: "Camera",
    On: CameraIcon,
    Off: CameraOffIcon,
    shortcut: "V",
  },
};

/** The buttons for one's own microphone and camera. */
export function DeviceToggles({ media }: { media: MediaState }) {
  return (
    <>
      <DeviceToggle kind="microphone" source={media.microphone} />
      <DeviceToggle kind="camera" source={media.camera} />
    </>
  );
}

function DeviceToggle({ kind, source }: { kind: DeviceKind; source: Source }) {
  const page = usePage();
  const { label, On, Off, shortcut } = looks[kind];
  const failed = problemIn(source) !== undefined;
  const on = source.on && !failed;
  return (
    <RoundButton
      label={label}
      hint={hintOf(kind, on, failed)}
      pressed={on}
      tone={toneOf(source, on)}
      shortcut={shortcut}
      badge={failed ? "!" : undefined}
      onClick={() => void page.toggle(kind)}
    >
      {on ? <On /> : <Off />}
    </RoundButton>
  );
}

function toneOf({ access }: Source, on: boolean) {
  if (!on) return "off";
  return access.at === "asking" ? "waiting" : "plain";
}

function hintOf(kind: DeviceKind, on: boolean, failed: boolean): string {
  if (failed) return `Try the ${kind} again`;
  return `Turn ${kind} ${on ? "off" : "on"}`;
}
