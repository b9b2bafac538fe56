import { WarningIcon } from "../../room/ui/icons.tsx";
import { type Alarm, WINDOW_MS } from "../history/alarm.ts";

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** Says that recoveries fail more than usual, while they do. */
export function AlarmBanner({ alarm }: { alarm: Alarm }) {
  return (
    <div role="alert">
      {alarm.isRaised && (
        <div class="alarm">
          <WarningIcon />
          <p>
            <strong>Recoveries fail more than usual.</strong> {alarm.failed} of
            {" "}
            {alarm.all} in the last {WINDOW_MS / 60_000}{" "}
            minutes ({percent(alarm.now)}); usually {percent(alarm.usual)}.
          </p>
        </div>
      )}
    </div>
  );
}
