import type { RecoveryReport } from "../../../client/mod.ts";
import {
  durationWords,
  outcomeWords,
  shareWords,
  stepWords,
  timeWords,
  triggerWords,
} from "../words/connection_words.ts";

type Props = {
  /** Of the trouble that one is in, if any. */
  troubleSince: number | undefined;
  reports: readonly RecoveryReport[];
  /** The one that is looked at from nearby. */
  chosen: RecoveryReport | undefined;
  onChoose: (report: RecoveryReport | undefined) => void;
};

/** What the drawing shows, to be read: newest first. */
export function Incidents(
  { troubleSince, reports, chosen, onChoose }: Props,
) {
  if (reports.length === 0 && troubleSince === undefined) {
    return (
      <p class="incidents-empty">
        Nothing has gone wrong in the last five minutes.
      </p>
    );
  }
  return (
    <ol class="incidents" aria-label="Incidents">
      {troubleSince !== undefined && (
        <li key="under way">
          <p class="incident-head">
            <strong>Under way</strong>
            <time dateTime={new Date(troubleSince).toISOString()}>
              {timeWords(troubleSince)}
            </time>
          </p>
        </li>
      )}
      {reports.toReversed().map((report) => (
        <Incident
          key={report.startedAt}
          report={report}
          isChosen={report === chosen}
          onChoose={onChoose}
        />
      ))}
    </ol>
  );
}

type IncidentProps = {
  report: RecoveryReport;
  isChosen: boolean;
  onChoose: Props["onChoose"];
};

function Incident({ report, isChosen, onChoose }: IncidentProps) {
  const { startedAt, steps, outcome } = report;
  const end = outcomeWords(report);
  const shares = shareWords(report);
  return (
    <li data-outcome={outcome}>
      <p class="incident-head">
        <strong>{triggerWords(report)}</strong>
        <time dateTime={new Date(startedAt).toISOString()}>
          {timeWords(startedAt)}
        </time>
      </p>
      <p class="incident-end">
        {shares === "" ? end : `${end} (${shares})`}
      </p>
      <div class="incident-more">
        <details>
          <summary>{steps.length} steps</summary>
          <ol>
            {steps.map((step) => (
              <li>
                <span class="at">{durationWords(step.atMs)}</span>{" "}
                {stepWords(step)}
              </li>
            ))}
          </ol>
        </details>
        <button
          type="button"
          class="copy"
          aria-pressed={isChosen}
          onClick={() => onChoose(isChosen ? undefined : report)}
        >
          Look closer
        </button>
      </div>
    </li>
  );
}
