import { useSize } from "../ui/use_size.ts";
import {
  laneNames,
  summaryWords,
  tickWords,
} from "../words/connection_words.ts";
import {
  barOf,
  barsOf,
  type Frame,
  frameOf,
  stopsOf,
  ticksOf,
  type View,
  xOf,
} from "./chart.ts";
import { endOf, type History, LANES } from "./history.ts";
import { Needle } from "./needle.tsx";
import { RoundTrips } from "./round_trips.tsx";

/** CSS pixels; the labels beside the drawing keep step with it. */
const ROW = 22;
/** Nearer to the end of the axis, words would not fit. */
const EDGE = 24;
/** Trouble is thick, what works is thin: to be told without colours. */
const thickness = { idle: 2, good: 4, doubtful: 10, bad: 16 };

type Props = {
  history: History;
  /** Of the trouble that one is in, if any. */
  troubleSince: number | undefined;
  view: View;
  now: number;
};

/** States of the connection over time, a lane for each of its parts. */
export function Timeline({ history, troubleSince, view, now }: Props) {
  const [element, { width }] = useSize<HTMLDivElement>();
  const frame = frameOf(view, now, Math.max(width, 1));
  const origin = view.type === "last" ? now : view.report.startedAt;
  const incidents = history.reports
    .map((report) => ({ from: report.startedAt, to: endOf(report) }));
  if (troubleSince !== undefined) {
    incidents.push({ from: troubleSince, to: Infinity });
  }
  return (
    <div
      class="timeline"
      role="group"
      aria-label={`Timeline. ${summaryWords(history.reports)}`}
      style={{ "--row": `${ROW}px` }}
    >
      <ul class="lane-names" aria-hidden="true">
        <li class="tall">Round trip</li>
        {LANES.map((lane) => <li key={lane}>{laneNames[lane]}</li>)}
        <li>Steps</li>
      </ul>
      <div class="plot" ref={element}>
        <RoundTrips roundTrips={history.roundTrips} frame={frame} />
        <Lanes history={history} incidents={incidents} frame={frame} />
        <Axis frame={frame} origin={origin} />
        <Needle stops={stopsOf(history, frame)} frame={frame} />
      </div>
    </div>
  );
}

type LanesProps = {
  history: History;
  incidents: { from: number; to: number }[];
  frame: Frame;
};

function Lanes({ history, incidents, frame }: LanesProps) {
  const height = ROW * (LANES.length + 1);
  return (
    <svg class="lanes" height={height} width={frame.width} aria-hidden="true">
      {incidents.flatMap(({ from, to }) =>
        barOf(from, to, "bad", frame)
      )
        .map(({ x, width }) => (
          <rect class="incident" x={x} width={width} height={height} />
        ))}
      {LANES.flatMap((lane, row) =>
        barsOf(lane, history, frame).map(({ x, width, tone }) => (
          <rect
            class="bar"
            data-tone={tone}
            x={x}
            y={ROW * (row + 0.5) - thickness[tone] / 2}
            width={width}
            height={thickness[tone]}
            rx={Math.min(2, width / 2)}
          />
        ))
      )}
      {history.marks.filter(({ at }) =>
        at >= frame.from && at <= frame.to
      )
        .map(({ at }) => (
          <circle
            class="step"
            cx={xOf(frame, at)}
            cy={ROW * (LANES.length + 0.5)}
            r={4}
          />
        ))}
    </svg>
  );
}

function Axis({ frame, origin }: { frame: Frame; origin: number }) {
  const ticks = ticksOf(frame, origin).map((at) => ({
    ms: at - origin,
    x: xOf(frame, at),
  }));
  return (
    <ol class="axis" aria-hidden="true">
      {ticks.filter(({ x }) => x > EDGE && x < frame.width - EDGE)
        .map(({ ms, x }) => (
          <li key={ms} style={{ left: `${x}px` }}>{tickWords(ms)}</li>
        ))}
      {origin === frame.to && <li class="now">now</li>}
    </ol>
  );
}
