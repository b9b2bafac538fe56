import type { RoomSummary, ServiceStatus } from "../../../admin/client.ts";
import { type Alarm, WINDOW_MS } from "../history/alarm.ts";
import { presenceCounts } from "../history/measures.ts";

type Props = {
  rooms: readonly RoomSummary[] | undefined;
  alarm: Alarm;
  workers: ServiceStatus["sfu"]["workers"];
};

const MINUTES = WINDOW_MS / 60_000;

/** The few numbers that say how it goes. */
export function Tiles({ rooms, alarm, workers }: Props) {
  const { connected, reconnecting } = presenceCounts(rooms ?? []);
  const shown = (count: number) => rooms === undefined ? "–" : `${count}`;
  return (
    <dl class="tiles">
      <Tile name="Rooms" value={shown(rooms?.length ?? 0)} />
      <Tile name="Connected" value={shown(connected)} />
      <Tile
        name="Reconnecting"
        value={shown(reconnecting)}
        tone={reconnecting > 0 ? "doubtful" : undefined}
      />
      <Tile
        name={`Recoveries failed, ${MINUTES} min`}
        value={`${alarm.failed} of ${alarm.all}`}
        tone={alarm.isRaised ? "bad" : undefined}
      />
      <Tile name="Media workers" value={`${workers?.length ?? "–"}`} />
    </dl>
  );
}

type TileProps = { name: string; value: string; tone?: string | undefined };

function Tile({ name, value, tone }: TileProps) {
  return (
    <div class="tile" data-tone={tone}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
