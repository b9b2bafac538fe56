import { useState } from "preact/hooks";
import type { Person } from "../call/view.ts";
import { useSecondsLeft } from "../ui/use_seconds_left.ts";

/** Over the tile of one whom nothing comes from, though it should. */
export function Veil({ person }: { person: Person }) {
  const { state, graceUntil, isConnecting } = person;
  if (state === "reconnecting") {
    return graceUntil === undefined
      ? <Waiting text="Reconnecting…" />
      : <Countdown key={graceUntil} until={graceUntil} />;
  }
  return isConnecting ? <Waiting text="Connecting…" /> : null;
}

function Waiting({ text }: { text: string }) {
  return (
    <p class="tile-veil">
      <span class="spinner" aria-hidden="true" />
      {text}
    </p>
  );
}

/** Not read out by itself, each second: that one is lost is told elsewhere. */
function Countdown({ until }: { until: number }) {
  const seconds = useSecondsLeft(until);
  const [from] = useState(seconds);
  if (seconds === 0) return <Waiting text="Reconnecting…" />;
  return (
    <p class="tile-veil">
      <Ring part={seconds / from} />
      <span>
        Reconnecting, <span class="count">{seconds} s left</span>
      </span>
    </p>
  );
}

/** What is left of the time: 1 is a full ring. */
function Ring({ part }: { part: number }) {
  return (
    <svg class="ring" viewBox="0 0 24 24" aria-hidden="true">
      <circle class="ring-track" cx="12" cy="12" r="9.5" />
      <circle
        class="ring-left"
        cx="12"
        cy="12"
        r="9.5"
        pathLength={1}
        stroke-dasharray="1"
        stroke-dashoffset={1 - part}
      />
    </svg>
  );
}
