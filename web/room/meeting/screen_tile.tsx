import type { Person } from "../call/view.ts";
import { usePage } from "../state/use_page.ts";
import { ScreenIcon } from "../ui/icons.tsx";
import { Video } from "../ui/video.tsx";

/** A shared screen; one's own is shown small, lest it mirrors itself. */
export function ScreenTile({ person }: { person: Person }) {
  const { sessionId, name, isOwn, screen } = person;
  if (screen === undefined) return null;
  return (
    <li class="tile screen" data-screen-of={sessionId}>
      {isOwn
        ? <OwnScreen track={screen} />
        : <Video track={screen} label={`Screen of ${name}`} whole />}
      {!isOwn && (
        <p class="tile-label">
          <span class="mark">
            <ScreenIcon />
          </span>
          <span class="name">{name} is sharing the screen</span>
        </p>
      )}
    </li>
  );
}

function OwnScreen({ track }: { track: MediaStreamTrack }) {
  const page = usePage();
  return (
    <div class="own-screen">
      <Video track={track} label="Your shared screen" whole />
      <p>You are sharing your screen</p>
      <button
        type="button"
        class="secondary"
        onClick={() => void page.stopSharing()}
      >
        Stop sharing
      </button>
    </div>
  );
}
