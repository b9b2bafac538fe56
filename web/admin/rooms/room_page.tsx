import { Graphs } from "../graphs/graphs.tsx";
import { ParticipantList } from "../people/participant_list.tsx";
import { ParticipantPanel } from "../people/participant_panel.tsx";
import type { SignedIn } from "../state/state.ts";
import { useDashboard } from "../state/use_dashboard.ts";
import { hashOf, type View } from "../state/view.ts";
import { Title } from "../ui/title.tsx";

type Props = {
  state: SignedIn;
  view: Extract<View, { at: "room" }>;
};

/** One room, and who is in it. */
export function RoomPage({ state, view }: Props) {
  const { room, sessionId } = view;
  return (
    <>
      <nav aria-label="Where you are">
        <a class="back" href={hashOf({ at: "service" })}>← Overview</a>
      </nav>
      <div class="room-head">
        <Title text={room} />
        {state.room.state === "there" && (
          <RoomActions
            room={room}
            participants={state.room.participants.length}
          />
        )}
      </div>
      <div class="room-body" data-open={sessionId !== undefined}>
        <div class="room-main">
          <section aria-label="Participants">
            {state.room.state === "there"
              ? (
                <ParticipantList
                  room={room}
                  participants={state.room.participants}
                  chosen={sessionId}
                />
              )
              : (
                <p class="empty">
                  {state.room.state === "gone"
                    ? "There is no such room, or not any more."
                    : "Looking for the room…"}
                </p>
              )}
          </section>
          <Graphs />
        </div>
        {sessionId !== undefined && (
          <ParticipantPanel
            key={sessionId}
            room={room}
            sessionId={sessionId}
            participant={state.participant}
          />
        )}
      </div>
    </>
  );
}

function RoomActions(
  { room, participants }: { room: string; participants: number },
) {
  const dashboard = useDashboard();
  return (
    <div class="room-actions">
      <button
        type="button"
        class="secondary"
        onClick={() => dashboard.ask({ type: "messageAll", room })}
      >
        Message all
      </button>
      <button
        type="button"
        class="secondary grave"
        onClick={() => dashboard.ask({ type: "close", room, participants })}
      >
        Close room
      </button>
    </div>
  );
}
