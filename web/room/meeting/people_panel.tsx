import type { Person } from "../call/view.ts";
import { Avatar } from "../ui/avatar.tsx";
import { CopyLink } from "../ui/copy_link.tsx";
import {
  CameraIcon,
  CameraOffIcon,
  MicrophoneIcon,
  MicrophoneOffIcon,
  ScreenIcon,
} from "../ui/icons.tsx";
import { Panel } from "./panel.tsx";

type Props = { people: Person[]; link: string };

export function PeoplePanel({ people, link }: Props) {
  return (
    <Panel title="Participants">
      <CopyLink link={link} label="Copy a link to invite others" />
      <ul class="people">
        {people.map((person) => (
          <PersonRow key={person.sessionId} person={person} />
        ))}
      </ul>
    </Panel>
  );
}

function PersonRow({ person }: { person: Person }) {
  const { name, isOwn, state, microphone, camera, screen } = person;
  const heard = microphone === "on";
  const seen = camera !== undefined;
  return (
    <li>
      <Avatar name={name} />
      <span class="name">
        {isOwn ? `${name} (you)` : name}
        {state === "reconnecting" && (
          <span class="presence">
            Reconnecting…
          </span>
        )}
      </span>
      {screen !== undefined && (
        <span class="mark" role="img" aria-label="Sharing the screen">
          <ScreenIcon />
        </span>
      )}
      <span
        class="mark"
        role="img"
        aria-label={heard ? "Microphone on" : "Muted"}
      >
        {heard ? <MicrophoneIcon /> : <MicrophoneOffIcon />}
      </span>
      <span
        class="mark"
        role="img"
        aria-label={seen ? "Camera on" : "Camera off"}
      >
        {seen ? <CameraIcon /> : <CameraOffIcon />}
      </span>
    </li>
  );
}
