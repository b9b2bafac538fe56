import { useDashboard } from "../state/use_dashboard.ts";
import { eventRate, recoveryCounts, roundTrips, sessions } from "./drawings.ts";
import { Graph } from "./graph.tsx";

/** How it went in the last minutes. */
export function Graphs() {
  const { history, clock } = useDashboard();
  const { now } = clock;
  return (
    <section class="graphs" aria-labelledby="graphs-title">
      <h2 id="graphs-title">The last ten minutes</h2>
      <div class="graph-grid">
        <Graph title="Sessions" drawing={sessions(history, now)} />
        <Graph
          title="Recoveries, per 30 s"
          drawing={recoveryCounts(history, now)}
        />
        <Graph title="Round trips, ms" drawing={roundTrips(history, now)} />
        <Graph title="Events, per 10 s" drawing={eventRate(history, now)} />
      </div>
    </section>
  );
}
