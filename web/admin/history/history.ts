import type {
  ParticipantSummary,
  RoomEvent,
  RoomSummary,
} from "../../../admin/client.ts";
import { type Alarm, alarmOf, type Ended } from "./alarm.ts";
import { outcomeOf, recoveryOf } from "./events.ts";
import { presenceCounts, roundTripsOf } from "./measures.ts";

const MAX_EVENTS = 5_000;
const MAX_RECOVERIES = 5_000;
/** Half an hour, at one each two seconds. */
const MAX_SAMPLES = 900;

/** How things were at one moment. */
export type Sample = {
  /** By the service's clock. */
  readonly at: number;
  readonly connected: number;
  readonly reconnecting: number;
  /** Milliseconds; `null`: nobody's was known. */
  readonly medianMs: number | null;
  readonly slowMs: number | null;
};

/** What the page has seen and heard, as far back as it is kept. */
export class History {
  readonly #events: RoomEvent[] = [];
  readonly #recoveries: Ended[] = [];
  readonly #samples: Sample[] = [];

  get events(): readonly RoomEvent[] {
    return this.#events;
  }

  get recoveries(): readonly Ended[] {
    return this.#recoveries;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  heard(event: RoomEvent): void {
    keep(this.#events, event, MAX_EVENTS);
    const recovery = recoveryOf(event);
    const outcome = recovery && outcomeOf(recovery);
    if (outcome === undefined) return;
    keep(this.#recoveries, { at: event.at, outcome }, MAX_RECOVERIES);
  }

  seen(
    rooms: readonly RoomSummary[],
    measured: readonly ParticipantSummary[],
    at: number,
  ): void {
    const sample = { at, ...presenceCounts(rooms), ...roundTripsOf(measured) };
    keep(this.#samples, sample, MAX_SAMPLES);
  }

  alarm(now: number): Alarm {
    return alarmOf(this.#recoveries, now);
  }

  /** Of one session, the oldest first. */
  of(sessionId: string): RoomEvent[] {
    return this.#events.filter((event) => event["sessionId"] === sessionId);
  }

  clear(): void {
    for (const kept of [this.#events, this.#recoveries, this.#samples]) {
      kept.length = 0;
    }
  }
}

/** Thrown away by tenths, so that most move nothing. */
function keep<T>(kept: T[], one: T, most: number): void {
  kept.push(one);
  if (kept.length > most * 1.1) kept.splice(0, kept.length - most);
}
