import { useState } from "preact/hooks";
import { clockWords, momentWords } from "../words/connection_words.ts";
import { type Frame, type Stop, stopNear } from "./chart.ts";

const MOST_LINES = 6;

type Props = { stops: Stop[]; frame: Frame };

/**
 * Tells what happened where one points: with the mouse, a finger, or, stop by
 * stop, with the arrow keys.
 */
export function Needle({ stops, frame }: Props) {
  /** The time of the stop, which stays when the drawing moves on. */
  const [at, setAt] = useState<number>();
  const index = at === undefined
    ? -1
    : stops.findLastIndex((stop) => stop.at <= at);
  const stop = stops[index];
  const choose = (index: number | undefined) =>
    setAt(index === undefined ? undefined : stops[index]?.at);
  return (
    <div
      class="needle"
      role="slider"
      tabIndex={0}
      aria-label="What happened"
      aria-valuemin={0}
      aria-valuemax={stops.length}
      aria-valuenow={index + 1}
      aria-valuetext={valueText(stop, stops.length)}
      onKeyDown={(event) => {
        const next = keyTarget(event.key, index, stops.length);
        if (next === undefined) return;
        event.preventDefault();
        choose(next);
      }}
      onPointerMove={(event) => choose(stopNear(stops, event.offsetX))}
      onPointerDown={(event) => choose(stopNear(stops, event.offsetX))}
      onPointerLeave={() => choose(undefined)}
      onBlur={() => choose(undefined)}
    >
      {stop !== undefined && <Tip stop={stop} frame={frame} />}
    </div>
  );
}

function Tip(
  { stop: { x, at, moments }, frame }: { stop: Stop; frame: Frame },
) {
  const more = moments.length - MOST_LINES;
  return (
    <>
      <i class="needle-line" style={{ left: `${x}px` }} />
      <div
        class="needle-tip"
        data-side={x > frame.width * 0.4 ? "left" : "right"}
        style={{ "--x": `${x}px` }}
        aria-hidden="true"
      >
        <time>{clockWords(at)}</time>
        {moments.slice(0, MOST_LINES).map((moment) => (
          <p>{momentWords(moment)}</p>
        ))}
        {more > 0 && <p>and {more} more</p>}
      </div>
    </>
  );
}

function valueText(stop: Stop | undefined, count: number): string {
  if (stop !== undefined) {
    const words = stop.moments.map(momentWords).join(", ");
    return `${clockWords(stop.at)}: ${words}`;
  }
  return count === 0 ? "Nothing" : "Use the arrow keys to go through it";
}

function keyTarget(
  key: string,
  index: number,
  count: number,
): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return index < 0 ? last : Math.max(index - 1, 0);
    case "ArrowRight":
    case "ArrowUp":
      return index < 0 ? last : Math.min(index + 1, last);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}
