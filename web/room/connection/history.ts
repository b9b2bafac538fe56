/** What a connection went through in the last minutes, for the panel to draw. */
import type {
  Diagnostic,
  MediaFlow,
  RecoveryReport,
  RecoveryStep,
} from "../../../client/mod.ts";

/** How far back the panel looks, in milliseconds. */
export const KEPT_MS = 5 * 60_000;
/** Far more than a broken network makes of them; of an endless loop, the newest. */
const MOST_OF_A_KIND = 600;

type States = {
  signaling: "connected" | "suspected" | "lost";
  sendIce: RTCIceTransportState;
  sendDtls: RTCDtlsTransportState;
  recvIce: RTCIceTransportState;
  recvDtls: RTCDtlsTransportState;
  media: MediaFlow;
};
/** What the history follows, in the order in which it is drawn. */
export const LANES = [
  "signaling",
  "sendIce",
  "sendDtls",
  "recvIce",
  "recvDtls",
  "media",
] as const satisfies (keyof States)[];
export type Lane = typeof LANES[number];
export type LaneState<L extends Lane = Lane> = States[L];

/** In milliseconds since 1970, as all times here. Lasts until the next one. */
export type Span<L extends Lane = Lane> = { from: number; state: LaneState<L> };
export type Mark = {
  at: number;
  step: RecoveryStep["step"];
  detail: string | undefined;
};
export type RoundTrip = { at: number; ms: number };

export type History = {
  readonly lanes: { readonly [L in Lane]: readonly Span<L>[] };
  readonly marks: readonly Mark[];
  readonly roundTrips: readonly RoundTrip[];
  /** Of incidents that are over, the newest last. */
  readonly reports: readonly RecoveryReport[];
};

export const emptyHistory: History = {
  lanes: {
    signaling: [],
    sendIce: [],
    sendDtls: [],
    recvIce: [],
    recvDtls: [],
    media: [],
  },
  marks: [],
  roundTrips: [],
  reports: [],
};

export function withDiagnostic(
  history: History,
  diagnostic: Diagnostic,
  at: number,
): History {
  switch (diagnostic.about) {
    case "signaling":
      return withState(history, "signaling", diagnostic.state, at);
    case "media":
      return withState(history, "media", diagnostic.flow, at);
    case "transport": {
      const { direction, ice, dtls } = diagnostic;
      const withIce = withState(history, `${direction}Ice`, ice, at);
      return withState(withIce, `${direction}Dtls`, dtls, at);
    }
    case "recovery": {
      const { step, detail } = diagnostic;
      const marks = [...history.marks, { at, step, detail }];
      return { ...history, marks: recent(marks, (mark) => mark.at, at) };
    }
  }
}

export function withRoundTrip(
  history: History,
  ms: number,
  at: number,
): History {
  const roundTrips = [...history.roundTrips, { at, ms }];
  return { ...history, roundTrips: recent(roundTrips, (one) => one.at, at) };
}

export function withReport(
  history: History,
  report: RecoveryReport,
  at: number,
): History {
  const reports = [...history.reports, report];
  return { ...history, reports: recent(reports, endOf, at) };
}

/** When an incident was over. */
export function endOf({ startedAt, durationMs }: RecoveryReport): number {
  return startedAt + durationMs;
}

function withState<L extends Lane>(
  history: History,
  lane: L,
  state: LaneState<L>,
  at: number,
): History {
  const spans: readonly Span<L>[] = history.lanes[lane];
  if (spans.at(-1)?.state === state) return history;
  const next = [...spans, { from: at, state }];
  // What began before the time that is kept may last into it.
  const kept = recent(next, (_, index) => next[index + 1]?.from ?? at, at);
  return { ...history, lanes: { ...history.lanes, [lane]: kept } };
}

/** The newest, of those that are not over since too long. */
function recent<T>(
  items: readonly T[],
  overAt: (item: T, index: number) => number,
  now: number,
): readonly T[] {
  return items.filter((item, index) => overAt(item, index) > now - KEPT_MS)
    .slice(-MOST_OF_A_KIND);
}
