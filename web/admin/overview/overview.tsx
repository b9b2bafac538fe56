import { Graphs } from "../graphs/graphs.tsx";
import { RoomList } from "../rooms/room_list.tsx";
import type { SignedIn } from "../state/state.ts";
import { useDashboard } from "../state/use_dashboard.ts";
import { Title } from "../ui/title.tsx";
import { Tiles } from "./tiles.tsx";

/** The service as a whole. */
export function Overview({ state: { rooms, status } }: { state: SignedIn }) {
  const { history, clock } = useDashboard();
  return (
    <>
      <Title text="Overview" />
      <Tiles
        rooms={rooms}
        alarm={history.alarm(clock.now)}
        workers={status?.sfu.workers}
      />
      <section aria-labelledby="rooms-title" class="rooms">
        <h2 id="rooms-title">
          Rooms {rooms && <span class="count">{rooms.length}</span>}
        </h2>
        <RoomList rooms={rooms} now={clock.now} />
      </section>
      <Graphs />
    </>
  );
}
