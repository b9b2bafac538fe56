import {
  activeTrack,
  type MediaState,
  problemIn,
} from "../media/media_state.ts";
import { Avatar } from "../ui/avatar.tsx";
import { DeviceToggles } from "../ui/device_toggles.tsx";
import { LevelMeter } from "../ui/level_meter.tsx";
import { Video } from "../ui/video.tsx";
import { problemWords } from "../words/media_words.ts";
import {
  AskCard,
  ProblemCard,
  ProblemStrip,
  WaitingCard,
} from "./preview_cards.tsx";

type Props = { name: string; media: MediaState };

/** How others will see and hear one. */
export function Preview({ name, media }: Props) {
  if (isUnasked(media)) {
    return (
      <div class="preview">
        <AskCard />
      </div>
    );
  }
  const voice = activeTrack(media.microphone);
  return (
    <div class="preview">
      {isAsking(media)
        ? <WaitingCard />
        : <Picture name={name} media={media} />}
      <div class="preview-bar">
        {voice !== undefined && <LevelMeter track={voice} />}
        <DeviceToggles media={media} />
      </div>
    </div>
  );
}

function Picture({ name, media: { microphone, camera } }: Props) {
  const picture = activeTrack(camera);
  const problems = {
    microphone: problemIn(microphone),
    camera: problemIn(camera),
  };
  const words = problemWords(problems);
  if (words !== undefined && problems.camera !== undefined) {
    return <ProblemCard words={words} />;
  }
  return (
    <>
      {picture === undefined
        ? <CameraIsOff name={name} />
        : <Video track={picture} label="Your camera" mirrored />}
      {words !== undefined && <ProblemStrip words={words} />}
    </>
  );
}

function CameraIsOff({ name }: { name: string }) {
  return (
    <div class="preview-off">
      <Avatar name={name.trim() || "Guest"} />
      <p>Your camera is off</p>
    </div>
  );
}

/** Something is wanted, and the browser was not asked for it. */
function isUnasked({ microphone, camera }: MediaState): boolean {
  return (microphone.on || camera.on) &&
    microphone.access.at === "closed" && camera.access.at === "closed";
}

/** The browser may be showing its question, and there is nothing to show yet. */
function isAsking({ microphone, camera }: MediaState): boolean {
  const states = [microphone.access.at, camera.access.at];
  return states.includes("asking") && !states.includes("live");
}
