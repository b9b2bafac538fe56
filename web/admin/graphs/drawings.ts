/**
 * What the graphs show, as numbers: times in seconds since 1970, as uPlot has
 * them.
 *
 * @module
 */
import type { History } from "../history/history.ts";
import { perStep } from "../history/measures.ts";

export type Tone = "good" | "doubtful" | "bad" | "plain";

export type Series = {
  readonly name: string;
  readonly tone: Tone;
  readonly shape: "line" | "bars";
  readonly values: readonly (number | null)[];
};

export type Drawing = {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly times: readonly number[];
  readonly series: readonly Series[];
};

export const SHOWN_MS = 10 * 60_000;

export function sessions({ samples }: History, now: number): Drawing {
  const shown = samples.filter(({ at }) => at >= now - SHOWN_MS);
  return {
    ...frame(now),
    times: shown.map(({ at }) => at / 1_000),
    series: [
      line("connected", "good", shown.map(({ connected }) => connected)),
      line("reconnecting", "bad", shown.map((one) => one.reconnecting)),
    ],
  };
}

export function roundTrips({ samples }: History, now: number): Drawing {
  const shown = samples.filter(({ at }) => at >= now - SHOWN_MS);
  return {
    ...frame(now),
    times: shown.map(({ at }) => at / 1_000),
    series: [
      line("median", "good", shown.map(({ medianMs }) => medianMs)),
      line("slowest of twenty", "doubtful", shown.map(({ slowMs }) => slowMs)),
    ],
  };
}

export function recoveryCounts({ recoveries }: History, now: number): Drawing {
  const steps = stepsTo(now, 30_000);
  const times = (wanted: "recovered" | "failed") =>
    recoveries.filter(({ outcome }) => outcome === wanted)
      .map(({ at }) => at);
  const recovered = perStep(times("recovered"), steps);
  const failed = perStep(times("failed"), steps);
  // Stacked: the failed ones stand in front, at the foot.
  const all = recovered.map((count, step) => count + (failed[step] ?? 0));
  return {
    ...frame(now),
    times: middles(steps),
    series: [
      { name: "recovered", tone: "good", shape: "bars", values: all },
      { name: "failed", tone: "bad", shape: "bars", values: failed },
    ],
  };
}

export function eventRate({ events }: History, now: number): Drawing {
  const steps = stepsTo(now, 10_000);
  const counts = perStep(events.map(({ at }) => at), steps);
  return {
    ...frame(now),
    times: middles(steps),
    series: [
      { name: "events", tone: "plain", shape: "bars", values: counts },
    ],
  };
}

const line = (
  name: string,
  tone: Tone,
  values: readonly (number | null)[],
): Series => ({ name, tone, shape: "line", values });

const frame = (now: number) => ({ from: now - SHOWN_MS, to: now });

/** The last one ends at a round time, so that bars do not flicker. */
function stepsTo(now: number, stepMs: number) {
  const to = Math.ceil(now / stepMs) * stepMs;
  return { to, stepMs, steps: SHOWN_MS / stepMs };
}

function middles({ to, stepMs, steps }: ReturnType<typeof stepsTo>): number[] {
  return Array.from(
    { length: steps },
    (_, step) => (to - stepMs * (steps - step - 0.5)) / 1_000,
  );
}
