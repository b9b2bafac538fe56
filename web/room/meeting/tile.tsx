import type { Person } from "../call/view.ts";
import { Avatar } from "../ui/avatar.tsx";
import { MicrophoneOffIcon, SpeakingIcon } from "../ui/icons.tsx";
import { Video } from "../ui/video.tsx";

type Props = { person: Person; speaking: boolean };

export function Tile({ person, speaking }: Props) {
  const { sessionId, name, isOwn, camera, state, microphone } = person;
  const heard = speaking && microphone === "on";
  return (
    <li
      class="tile"
      data-session-id={sessionId}
      data-own={isOwn}
      data-state={state}
      data-microphone={microphone}
      data-speaking={heard}
    >
      {camera === undefined
        ? <Avatar name={name} />
        : <Video track={camera} label={`Video of ${name}`} mirrored={isOwn} />}
      {state === "reconnecting" && (
        <p class="tile-veil">
          <span class="spinner" aria-hidden="true" />Reconnecting…
        </p>
      )}
      <TileLabel person={person} heard={heard} />
    </li>
  );
}

function TileLabel({ person, heard }: { person: Person; heard: boolean }) {
  const { name, isOwn, microphone } = person;
  return (
    <p class="tile-label">
      {microphone !== "on" && (
        <span class="mark" role="img" aria-label="Muted" title="Muted">
          <MicrophoneOffIcon />
        </span>
      )}
      {heard && (
        <span class="mark lit" role="img" aria-label="Speaking">
          <SpeakingIcon />
        </span>
      )}
      <span class="name">
        {isOwn
          ? (
            <>
              You <span class="unseen">({name})</span>
            </>
          )
          : name}
      </span>
    </p>
  );
}
