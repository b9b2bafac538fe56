/**
 * One report for each incident (RP1): what the room saw of it, with what the
 * client says of it later.
 *
 * @module
 */
import type { EndReason, RecoveryReport } from "../../protocol/mod.ts";
import { announce, who } from "./announce.ts";
import { done } from "./answer.ts";
import { spend, waitFor } from "./budget.ts";
import type { SeenRecovery } from "./effect.ts";
import type { Handler } from "./handler.ts";
import type { Incident, JoinedSession, LossTrigger } from "./session.ts";
import type { Step } from "./state.ts";

/** Media may take longer to come back than signaling, and belongs to it. */
const REPORT_WAIT_MS = 30_000;
/** Of a client. */
const REPORT_LIMIT = { max: 10, windowMs: 60_000 };

/** A session that is lost again while it resumes is still in the same incident. */
export function beginIncident(
  step: Step,
  session: JoinedSession,
  trigger: LossTrigger,
  startedAt: number,
): void {
  if (lossOf(session)) return;
  if (session.incident) closeIncident(step, session, null);
  const lostAt = step.now;
  session.incident = { trigger, startedAt, lostAt, resumed: null };
}

/** The incident that is not over, of which the others know. */
export function lossOf({ incident }: JoinedSession): Incident | null {
  return incident?.resumed === null ? incident : null;
}

/**
 * Signaling is back; the client's report, if one comes, tells of media as well.
 * False when the session was never lost.
 */
export function noteResumed(step: Step, session: JoinedSession): boolean {
  const loss = lossOf(session);
  if (loss === null) return false;
  const resumed = { at: step.now, until: step.now + REPORT_WAIT_MS };
  session.incident = { ...loss, resumed };
  return true;
}

/** Gives the report of an incident that ends with its session. */
export function endIncident(
  step: Step,
  session: JoinedSession,
  reason: EndReason,
): void {
  if (session.incident) closeIncident(step, session, null, reason);
}

/** Waits no longer for what the client says. */
export function watchReport(step: Step, session: JoinedSession): void {
  const until = session.incident?.resumed?.until ?? Infinity;
  if (step.now >= until) closeIncident(step, session, null);
}

/**
 * Of an incident that ended without a resume, the room has seen nothing: it was
 * one of media alone, or the connection was doubted and spoke again.
 */
export const reportRecovery: Handler<"reportRecovery"> = (
  { step, session },
  report,
) => {
  const retryAfterMs = waitFor(session.reports, REPORT_LIMIT, step.now);
  if (retryAfterMs > 0) {
    return { type: "refusal", error: "tooManyRequests", retryAfterMs };
  }
  session.reports = spend(session.reports, REPORT_LIMIT, step.now);
  const isOfLoss = report.steps.some(({ step }) => step === "resumed");
  if (isOfLoss) closeIncident(step, session, report);
  else tellReport(step, session, null, report);
  return done;
};

function closeIncident(
  step: Step,
  session: JoinedSession,
  report: RecoveryReport | null,
  outcome: SeenRecovery["outcome"] = "resumed",
): void {
  const { incident } = session;
  session.incident = null;
  const seen = incident && seenOf(incident, step.now, outcome);
  tellReport(step, session, seen, report);
}

function seenOf(
  { trigger, startedAt, lostAt, resumed }: Incident,
  now: number,
  outcome: SeenRecovery["outcome"],
): SeenRecovery {
  return {
    trigger,
    detectionMs: Math.round(lostAt - startedAt),
    durationMs: Math.round((resumed?.at ?? now) - startedAt),
    outcome: resumed ? "resumed" : outcome,
  };
}

function tellReport(
  step: Step,
  session: JoinedSession,
  seen: SeenRecovery | null,
  report: RecoveryReport | null,
): void {
  const { roundTripMs } = session;
  const type = "recovery";
  announce(step, { type, ...who(session), roundTripMs, seen, report });
}
