import { useEffect, useRef } from "preact/hooks";
import { activeTrack, type MediaState } from "../media/media_state.ts";
import { DevicePickers } from "../ui/device_picker.tsx";
import { CloseIcon } from "../ui/icons.tsx";
import { LevelMeter } from "../ui/level_meter.tsx";
import { RoundButton } from "../ui/round_button.tsx";
import { Video } from "../ui/video.tsx";

type Props = { media: MediaState; onClose: () => void };

/** Changes devices during a call. */
export function SettingsDialog({ media, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const voice = activeTrack(media.microphone);
  const picture = activeTrack(media.camera);
  return (
    <dialog ref={dialog} aria-labelledby="settings-title" onClose={onClose}>
      <header class="panel-head">
        <h2 id="settings-title">Devices</h2>
        <RoundButton
          label="Close"
          onClick={() =>
            dialog.current?.close()}
        >
          <CloseIcon />
        </RoundButton>
      </header>
      {picture !== undefined && (
        <div class="preview small">
          <Video track={picture} label="Your camera" mirrored />
        </div>
      )}
      <DevicePickers media={media} />
      {voice !== undefined && (
        <p class="voice-check">
          <LevelMeter track={voice} /> Speak to see that you can be heard
        </p>
      )}
    </dialog>
  );
}
