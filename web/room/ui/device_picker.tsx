import type { ComponentChild } from "preact";
import type { Device, MediaState } from "../media/media_state.ts";
import { usePage } from "../state/use_page.ts";
import { CameraIcon, MicrophoneIcon, SoundIcon } from "./icons.tsx";

/**
 * Choosing microphone, camera and, where browsers allow it, speaker. Shows what
 * can be chosen so far: browsers hide devices until they may be used.
 */
export function DevicePickers({ media }: { media: MediaState }) {
  const page = usePage();
  const { devices, microphone, camera, speakerId } = media;
  return (
    <div class="pickers">
      <Picker
        label="Microphone"
        icon={<MicrophoneIcon />}
        devices={devices.microphones}
        chosen={microphone.deviceId}
        onChoose={(id) => void page.chooseDevice("microphone", id)}
      />
      <Picker
        label="Camera"
        icon={<CameraIcon />}
        devices={devices.cameras}
        chosen={camera.deviceId}
        onChoose={(id) => void page.chooseDevice("camera", id)}
      />
      {canChooseSpeaker() && (
        <Picker
          label="Speaker"
          icon={<SoundIcon />}
          devices={devices.speakers}
          chosen={speakerId}
          onChoose={(id) => page.chooseSpeaker(id)}
        />
      )}
    </div>
  );
}

type PickerProps = {
  label: string;
  icon: ComponentChild;
  devices: Device[];
  chosen: string | undefined;
  onChoose: (deviceId: string) => void;
};

function Picker({ label, icon, devices, chosen, onChoose }: PickerProps) {
  if (devices.length === 0) return null;
  return (
    <span class="picker" title={label}>
      {icon}
      <select
        aria-label={label}
        value={chosen}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {devices.map(({ deviceId, label }) => (
          <option key={deviceId} value={deviceId}>{label}</option>
        ))}
      </select>
    </span>
  );
}

function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
