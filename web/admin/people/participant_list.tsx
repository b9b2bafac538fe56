import type { ParticipantSummary } from "../../../admin/client.ts";
import { hashOf } from "../state/view.ts";
import { Presence } from "./presence.tsx";

type Props = {
  room: string;
  participants: readonly ParticipantSummary[];
  chosen: string | undefined;
};

export function ParticipantList({ room, participants, chosen }: Props) {
  if (participants.length === 0) return <p class="empty">Nobody is here.</p>;
  return (
    <ul class="participant-list">
      {participants.map((participant) => (
        <Row
          key={participant.sessionId}
          room={room}
          participant={participant}
          isChosen={participant.sessionId === chosen}
        />
      ))}
    </ul>
  );
}

type RowProps = {
  room: string;
  participant: ParticipantSummary;
  isChosen: boolean;
};

function Row({ room, participant, isChosen }: RowProps) {
  const { sessionId, name, identity, roundTripMs, producers } = participant;
  return (
    <li>
      <a
        href={hashOf({ at: "room", room, sessionId })}
        aria-current={isChosen ? "true" : undefined}
      >
        <span class="who">
          <strong>{name}</strong>
          <span class="muted">{identity}</span>
        </span>
        <span class="muted tracks">{tracksOf(producers)}</span>
        <span class="muted round-trip">
          {roundTripMs === null ? "–" : `${Math.round(roundTripMs)} ms`}
        </span>
        <Presence participant={participant} />
      </a>
    </li>
  );
}

function tracksOf(producers: ParticipantSummary["producers"]): string {
  if (producers.length === 0) return "publishes nothing";
  return producers.map(({ key, paused, mutedByServer }) =>
    mutedByServer ? `${key} (muted here)` : paused ? `${key} (muted)` : key
  ).join(", ");
}
