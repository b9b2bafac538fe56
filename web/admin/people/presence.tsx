import { useNow } from "../../room/ui/use_now.ts";
import { useDashboard } from "../state/use_dashboard.ts";

type Props = {
  participant: {
    state: "connected" | "reconnecting" | "resuming";
    graceUntil?: number;
  };
};

/** Whether somebody is there; for who is lost, until when the place is held. */
export function Presence({ participant: { state, graceUntil } }: Props) {
  if (state === "reconnecting" && graceUntil !== undefined) {
    return <Grace until={graceUntil} />;
  }
  return (
    <span class="pill" data-tone={state === "connected" ? "good" : "doubtful"}>
      {state}
    </span>
  );
}

function Grace({ until }: { until: number }) {
  const { clock } = useDashboard();
  useNow(200);
  const leftS = Math.max(0, Math.ceil((until - clock.now) / 1_000));
  return (
    <span class="pill" data-tone="bad">
      reconnecting, <span class="number">{leftS} s</span> left
    </span>
  );
}
