import { useState } from "preact/hooks";
import type { RecoveryReport } from "../../../client/mod.ts";
import { Panel } from "../meeting/panel.tsx";
import { SimulateMenu } from "../simulate/simulate_menu.tsx";
import type { Simulation } from "../simulate/simulator.ts";
import { useNow } from "../ui/use_now.ts";
import { durationWords } from "../words/connection_words.ts";
import type { View } from "./chart.ts";
import type { Connection } from "./connection.ts";
import { type History, KEPT_MS, type Lane } from "./history.ts";
import { Incidents } from "./incidents.tsx";
import { Timeline } from "./timeline.tsx";
import { toneOf } from "./tones.ts";

type Props = { connection: Connection; simulation: Simulation | undefined };

const SPANS = [
  { label: "1 min", ms: 60_000 },
  { label: "5 min", ms: KEPT_MS },
];

/** How the connection is and was, for those who want to see it. */
export function ConnectionPanel({ connection, simulation }: Props) {
  const { history, outage } = connection;
  const troubleSince = outage.at === "out" ? outage.since : undefined;
  const [ms, setMs] = useState(60_000);
  const [report, setReport] = useState<RecoveryReport>();
  const view: View = report === undefined
    ? { type: "last", ms }
    : { type: "incident", report };
  const now = useNow(movesCalmly() ? 1_000 : 250);
  return (
    <Panel title="Connection" wide>
      <div class="connection">
        <div class="connection-drawing">
          <div class="connection-head">
            <Vitals history={history} />
            <div class="spans" role="group" aria-label="Time that is shown">
              {SPANS.map((span) => (
                <button
                  type="button"
                  aria-pressed={report === undefined && ms === span.ms}
                  onClick={() => {
                    setReport(undefined);
                    setMs(span.ms);
                  }}
                >
                  {span.label}
                </button>
              ))}
            </div>
          </div>
          <Timeline
            history={history}
            troubleSince={troubleSince}
            view={view}
            now={now}
          />
        </div>
        <Incidents
          troubleSince={troubleSince}
          reports={history.reports}
          chosen={report}
          onChoose={setReport}
        />
        <SimulateMenu simulation={simulation} />
      </div>
    </Panel>
  );
}

function Vitals({ history: { lanes, roundTrips } }: { history: History }) {
  const roundTrip = roundTrips.at(-1);
  return (
    <dl class="vitals">
      <div>
        <dt>Round trip</dt>
        <dd>{roundTrip === undefined ? "–" : durationWords(roundTrip.ms)}</dd>
      </div>
      <Vital label="Signaling" lane="signaling" lanes={lanes} />
      <Vital label="Media" lane="media" lanes={lanes} />
    </dl>
  );
}

type VitalProps = { label: string; lane: Lane; lanes: History["lanes"] };

function Vital({ label, lane, lanes }: VitalProps) {
  const span = lanes[lane].at(-1);
  return (
    <div data-tone={span === undefined ? "idle" : toneOf(lane, span.state)}>
      <dt>{label}</dt>
      <dd>{span?.state ?? "–"}</dd>
    </div>
  );
}

function movesCalmly(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
