import type { RoomSummary } from "../../../admin/client.ts";
import { hashOf } from "../state/view.ts";
import { counted, durationWords } from "../ui/numbers.ts";

type Props = { rooms: readonly RoomSummary[] | undefined; now: number };

export function RoomList({ rooms, now }: Props) {
  if (rooms === undefined) return <p class="empty">Looking for rooms…</p>;
  if (rooms.length === 0) {
    return (
      <p class="empty">There is no room. One begins when somebody joins.</p>
    );
  }
  return (
    <ul class="room-list">
      {rooms.map((room) => <Row key={room.name} room={room} now={now} />)}
    </ul>
  );
}

function Row({ room, now }: { room: RoomSummary; now: number }) {
  const { name, participants, reconnecting, producers, createdAt } = room;
  return (
    <li>
      <a href={hashOf({ at: "room", room: name })}>
        <strong class="room-name">{name}</strong>
        <span class="room-facts">
          <span>{counted(participants, "participant")}</span>
          <span>{counted(producers, "track")}</span>
          <span>for {durationWords(now - createdAt)}</span>
        </span>
        {reconnecting > 0
          ? (
            <span class="pill" data-tone="doubtful">
              {reconnecting} reconnecting
            </span>
          )
          : <span class="pill" data-tone="good">all connected</span>}
      </a>
    </li>
  );
}
