/** Where things of a history are in a drawing: pure geometry, in CSS pixels. */
import type { RecoveryReport } from "../../../client/mod.ts";
import {
  endOf,
  type History,
  type Lane,
  LANES,
  type LaneState,
  type Mark,
  type RoundTrip,
} from "./history.ts";
import { type Tone, toneOf } from "./tones.ts";

/** What one looks at: the last so many milliseconds, or an incident from nearby. */
export type View =
  | { type: "last"; ms: number }
  | { type: "incident"; report: RecoveryReport };

/** The time that a drawing shows, and how wide it is. */
export type Frame = { from: number; to: number; width: number };

export type Bar = { x: number; width: number; tone: Tone };

/** Something that happened. */
export type Moment =
  | { at: number; kind: "state"; lane: Lane; state: LaneState }
  | (Mark & { kind: "step" });

/** Moments so close to each other that one points at them together. */
export type Stop = { at: number; x: number; moments: Moment[] };

/** Trouble of a blink is to be seen, too. */
const LEAST_WIDTH = 3;
/** Without a round trip for so long, the line breaks. */
const GAP_MS = 5_000;
const STOP_WIDTH = 6;
const REACH = 24;
const TICK_STEPS_MS = [
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  15_000,
  30_000,
  60_000,
  120_000,
];
const LEAST_TICK = 56;

export function frameOf(view: View, now: number, width: number): Frame {
  if (view.type === "last") return { from: now - view.ms, to: now, width };
  const { startedAt, durationMs } = view.report;
  const margin = Math.max(durationMs * 0.15, 500);
  return { from: startedAt - margin, to: endOf(view.report) + margin, width };
}

export function xOf({ from, to, width }: Frame, at: number): number {
  return (at - from) / (to - from) * width;
}

/** Trouble comes last, so that nothing is drawn over it. */
export function barsOf(lane: Lane, history: History, frame: Frame): Bar[] {
  const spans = history.lanes[lane];
  const bars = spans.flatMap(({ from, state }, index) => {
    const to = spans[index + 1]?.from ?? Infinity;
    return barOf(from, to, toneOf(lane, state), frame);
  });
  return bars.sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

const order: Tone[] = ["idle", "good", "doubtful", "bad"];

/** Empty where it is not in the frame. */
export function barOf(
  from: number,
  to: number,
  tone: Tone,
  frame: Frame,
): [Bar] | [] {
  if (to <= frame.from || from >= frame.to) return [];
  const x = xOf(frame, Math.max(from, frame.from));
  const end = xOf(frame, Math.min(to, frame.to));
  const least = tone === "doubtful" || tone === "bad" ? LEAST_WIDTH : 0;
  return [{ x, width: Math.max(end - x, least), tone }];
}

/** Where there is something to point at, from left to right. */
export function stopsOf(history: History, frame: Frame): Stop[] {
  const stops: Stop[] = [];
  for (const moment of momentsOf(history)) {
    const { at } = moment;
    if (at < frame.from || at > frame.to) continue;
    const x = xOf(frame, at);
    const last = stops.at(-1);
    if (last !== undefined && x - last.x < STOP_WIDTH) {
      last.moments.push(moment);
    } else stops.push({ at, x, moments: [moment] });
  }
  return stops;
}

function momentsOf({ lanes, marks }: History): Moment[] {
  const states = LANES.flatMap((lane) =>
    lanes[lane].map(({ from: at, state }): Moment => ({
      at,
      kind: "state",
      lane,
      state,
    }))
  );
  const steps = marks.map((mark): Moment => ({ ...mark, kind: "step" }));
  return [...states, ...steps].sort((a, b) => a.at - b.at);
}

/** The index of the stop that is nearest to a point, if one is near. */
export function stopNear(stops: Stop[], x: number): number | undefined {
  let nearest: number | undefined;
  let least = REACH;
  for (const [index, stop] of stops.entries()) {
    const distance = Math.abs(stop.x - x);
    if (distance >= least) continue;
    nearest = index;
    least = distance;
  }
  return nearest;
}

/** An SVG path, scaled to the slowest round trip that is shown. */
export function sparkline(
  roundTrips: readonly RoundTrip[],
  frame: Frame,
  height: number,
): { path: string; most: number } {
  const shown = roundTrips.filter(({ at }) =>
    at >= frame.from && at <= frame.to
  );
  const most = Math.max(...shown.map(({ ms }) => ms), 1);
  const path = shown.map(({ at, ms }, index) => {
    const before = shown[index - 1];
    const follows = before !== undefined && at - before.at < GAP_MS;
    const y = height - ms / most * height;
    return `${follows ? "L" : "M"}${xOf(frame, at).toFixed(1)} ${y.toFixed(1)}`;
  });
  return { path: path.join(""), most };
}

/** Times for the axis, counted from `origin`, at distances that can be read. */
export function ticksOf(frame: Frame, origin: number): number[] {
  const perMs = frame.width / (frame.to - frame.from);
  const step = TICK_STEPS_MS.find((ms) => ms * perMs >= LEAST_TICK) ?? 120_000;
  const ticks: number[] = [];
  const first = Math.ceil((frame.from - origin) / step);
  for (let n = first; origin + n * step <= frame.to; n++) {
    ticks.push(origin + n * step);
  }
  return ticks;
}
