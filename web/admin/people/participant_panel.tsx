import type { Participant } from "../../../admin/client.ts";
import { CloseIcon } from "../../room/ui/icons.tsx";
import { useDashboard } from "../state/use_dashboard.ts";
import { ParticipantActions } from "./participant_actions.tsx";
import { Presence } from "./presence.tsx";
import { Timeline } from "./timeline.tsx";
import { Tracks } from "./tracks.tsx";
import { Transports } from "./transports.tsx";
import { Vitals } from "./vitals.tsx";

type Props = {
  room: string;
  sessionId: string;
  /** Undefined while it is looked for, and when it is gone. */
  participant: Participant | undefined;
};

/** One participant: how it is, what was, what can be done. */
export function ParticipantPanel({ room, sessionId, participant }: Props) {
  const dashboard = useDashboard();
  const events = dashboard.history.of(sessionId);
  const name = participant?.name ?? nameIn(events) ?? sessionId;
  return (
    <section class="person" aria-label={name}>
      <header class="person-head">
        <h2>{name}</h2>
        {participant
          ? <Presence participant={participant} />
          : <span class="pill">not here</span>}
        <button
          type="button"
          class="round"
          aria-label="Close"
          onClick={() => dashboard.show({ at: "room", room })}
        >
          <CloseIcon />
        </button>
      </header>
      {participant && (
        <>
          <ParticipantActions who={{ ...participant, room }} />
          <Vitals participant={participant} now={dashboard.clock.now} />
          <Tracks participant={participant} room={room} />
          <Transports transports={participant.transports} />
        </>
      )}
      <Timeline events={events} now={dashboard.clock.now} />
    </section>
  );
}

function nameIn(events: readonly { [field: string]: unknown }[]) {
  const named = events.find(({ name }) => typeof name === "string");
  return named === undefined ? undefined : String(named["name"]);
}
