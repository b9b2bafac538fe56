/** One's own connection to the service, as it is now and as it was. */
import type {
  Attempt,
  Diagnostic,
  RecoveryReport,
} from "../../../client/mod.ts";
import {
  emptyHistory,
  type History,
  type Mark,
  withDiagnostic,
  withReport,
  withRoundTrip,
} from "./history.ts";

/** In milliseconds since 1970, as all times here. */
export type Retry =
  | { type: "waiting"; until: number | undefined }
  | { type: "trying" };

export type Signaling =
  | { state: "connected" }
  | { state: "suspected" | "lost"; retry: Retry; placeUntil: number };

/** From the moment at which something stops working until one is back. */
export type Outage =
  | { at: "none" }
  /** `step`: the last one taken against it. */
  | { at: "out"; since: number; step: Mark["step"] | undefined }
  /** To be said for a little while. */
  | { at: "back"; since: number; tookMs: number };

export type Connection = {
  readonly signaling: Signaling;
  readonly outage: Outage;
  readonly history: History;
};

export type ConnectionNews =
  | { type: "diagnosed"; diagnostic: Diagnostic }
  | { type: "roundTrip"; ms: number }
  | { type: "reconnecting" }
  | { type: "reconnected" }
  | { type: "reported"; report: RecoveryReport }
  /** The person knows. */
  | { type: "backSeen" };

/** An outage that was hardly noticed needs no word of its end. */
const UNNOTICED_MS = 1_000;

export const newConnection: Connection = {
  signaling: { state: "connected" },
  outage: { at: "none" },
  history: emptyHistory,
};

export function follow(
  connection: Connection,
  news: ConnectionNews,
  at: number,
): Connection {
  const { history, outage } = connection;
  switch (news.type) {
    case "diagnosed":
      return diagnosed(connection, news.diagnostic, at);
    case "roundTrip":
      return { ...connection, history: withRoundTrip(history, news.ms, at) };
    case "reported":
      return { ...connection, history: withReport(history, news.report, at) };
    case "reconnecting":
      return outage.at === "out"
        ? connection
        : { ...connection, outage: { at: "out", since: at, step: undefined } };
    case "reconnected":
      return { ...connection, outage: over(outage, at) };
    case "backSeen":
      return outage.at === "back"
        ? { ...connection, outage: { at: "none" } }
        : connection;
  }
}

/** What is shown of the others is what was, and not what is. */
export function isStale({ outage, history: { lanes } }: Connection): boolean {
  return outage.at === "out" && lanes.media.at(-1)?.state !== "flowing";
}

function diagnosed(
  connection: Connection,
  diagnostic: Diagnostic,
  at: number,
): Connection {
  const history = withDiagnostic(connection.history, diagnostic, at);
  const { outage } = connection;
  switch (diagnostic.about) {
    case "signaling":
      return { ...connection, history, signaling: signalingOf(diagnostic, at) };
    case "recovery":
      return outage.at === "out"
        ? {
          ...connection,
          history,
          outage: { ...outage, step: diagnostic.step },
        }
        : { ...connection, history };
    default:
      return { ...connection, history };
  }
}

function signalingOf(
  diagnostic: Extract<Diagnostic, { about: "signaling" }>,
  at: number,
): Signaling {
  if (diagnostic.state === "connected") return { state: "connected" };
  const { state, attempt, graceMs } = diagnostic;
  return { state, retry: retryOf(attempt, at), placeUntil: at + graceMs };
}

function retryOf(attempt: Attempt, at: number): Retry {
  if (attempt.type === "trying") return attempt;
  const { ms } = attempt;
  return { type: "waiting", until: ms === undefined ? undefined : at + ms };
}

function over(outage: Outage, at: number): Outage {
  if (outage.at !== "out") return outage;
  const tookMs = at - outage.since;
  return tookMs < UNNOTICED_MS
    ? { at: "none" }
    : { at: "back", since: at, tookMs };
}
