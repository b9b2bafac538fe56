import type { RoomEvent } from "../../../admin/client.ts";
import {
  numberOf,
  outcomeOf,
  type Recovery,
  recoveryOf,
  textOf,
} from "../history/events.ts";
import { spanWords } from "../ui/numbers.ts";

export type EventWords = {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly tone: "good" | "doubtful" | "bad" | "idle";
};

type Words = (event: RoomEvent) => EventWords;

const words: Readonly<Record<string, Words>> = {
  participantJoined: () => ({ title: "Joined", tone: "good" }),
  participantReconnecting: (event) => ({
    title: "Lost",
    detail: heldFor(numberOf(event, "graceMs")),
    tone: "bad",
  }),
  participantReconnected: () => ({ title: "Back", tone: "good" }),
  participantLeft: (event) => ({
    title: "Gone",
    detail: textOf(event, "reason"),
    tone: textOf(event, "reason") === "left" ? "idle" : "bad",
  }),
  producerAdded: (event) => ({
    title: "Publishes",
    detail: textOf(event, "key"),
    tone: "idle",
  }),
  producerRemoved: (event) => ({
    title: "Publishes no more",
    detail: [textOf(event, "key"), textOf(event, "cause")]
      .filter((part) => part !== undefined).join(", "),
    tone: "idle",
  }),
  trackMutedByServer: (event) => ({
    title: event["muted"] === true
      ? "Muted by an operator"
      : "May unmute again",
    detail: textOf(event, "key"),
    tone: "idle",
  }),
  recovery: (event) => recoveryWords(recoveryOf(event)),
};

export function eventWords(event: RoomEvent): EventWords {
  const known = words[event.type]?.(event);
  return known ?? { title: spaced(event.type), tone: "idle" };
}

function recoveryWords(recovery: Recovery | undefined): EventWords {
  const { report, seen } = recovery ?? {};
  const outcome = recovery && outcomeOf(recovery);
  const durationMs = report?.durationMs ?? seen?.durationMs;
  const parts = [
    report?.trigger ?? seen?.trigger,
    durationMs === undefined ? undefined : `${spanWords(durationMs)} in all`,
    report && `media away for ${spanWords(report.mediaMs)}`,
    report?.outcome ?? seen?.outcome,
  ];
  return {
    title: outcome === "recovered" ? "Recovered" : "Recovery ended",
    detail: parts.filter((part) => part !== undefined && part !== null)
      .join(", "),
    tone: outcome === "recovered" ? "good" : "bad",
  };
}

const heldFor = (graceMs: number | undefined) =>
  graceMs === undefined
    ? undefined
    : `the place is held for ${spanWords(graceMs)}`;

/** `participantUpdated` as `Participant updated`. */
function spaced(type: string): string {
  const text = type.replaceAll(
    /[A-Z]/g,
    (letter) => ` ${letter.toLowerCase()}`,
  );
  return text.charAt(0).toUpperCase() + text.slice(1);
}
