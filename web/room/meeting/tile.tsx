import { useEffect } from "preact/hooks";
import { layerFor } from "../call/simulcast_layer.ts";
import type { Person } from "../call/view.ts";
import { usePage } from "../state/use_page.ts";
import { Avatar } from "../ui/avatar.tsx";
import { MicrophoneOffIcon, SpeakingIcon } from "../ui/icons.tsx";
import { useSize } from "../ui/use_size.ts";
import { Video } from "../ui/video.tsx";
import { Veil } from "./veil.tsx";

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
        : <Picture person={person} track={camera} />}
      {!isOwn && <Veil person={person} />}
      <TileLabel person={person} heard={heard} />
    </li>
  );
}

type PictureProps = { person: Person; track: MediaStreamTrack };

/** Receives no more of another's picture than the tile shows. */
function Picture({ person, track }: PictureProps) {
  const page = usePage();
  const { sessionId, name, isOwn } = person;
  const [element, { width }] = useSize<HTMLDivElement>();
  const isMeasured = width > 0;
  const layer = layerFor(width * devicePixelRatio);
  useEffect(() => {
    if (isMeasured && !isOwn) page.preferLayer(sessionId, layer);
  }, [layer, isMeasured, track]);
  return (
    <div class="picture" ref={element}>
      <Video track={track} label={`Video of ${name}`} mirrored={isOwn} />
    </div>
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
