/**
 * What a page makes of the events of the admin API. They may grow; what is not
 * known here is left alone.
 *
 * @module
 */
import type { RoomEvent } from "../../../admin/client.ts";
import type { RecoveryReport } from "../../../protocol/report.ts";

/** What the room saw of a recovery. */
export type Seen = {
  readonly trigger: string;
  readonly detectionMs: number;
  readonly durationMs: number;
  readonly outcome: string;
};

export type Recovery = {
  readonly seen: Seen | null;
  readonly report: RecoveryReport | null;
};

export function recoveryOf(event: RoomEvent): Recovery | undefined {
  if (event.type !== "recovery") return undefined;
  const { seen = null, report = null } = event as RoomEvent & Partial<Recovery>;
  return { seen, report };
}

/** `undefined`: somebody ended it before it was decided. */
export type Outcome = "recovered" | "failed" | undefined;

/** The room's word goes first: a client that is out may not have spoken. */
export function outcomeOf({ seen, report }: Recovery): Outcome {
  switch (seen?.outcome ?? report?.outcome) {
    case "resumed":
    case "recovered":
      return "recovered";
    case "networkDisconnect":
    case "nodeCrashed":
    case "evicted":
    case "gaveUp":
    case "rejoined":
      return "failed";
    default:
      return undefined;
  }
}

/** Of an event's field that is text, if it is. */
export function textOf(event: RoomEvent, field: string): string | undefined {
  const value = event[field];
  return typeof value === "string" ? value : undefined;
}

export function numberOf(event: RoomEvent, field: string): number | undefined {
  const value = event[field];
  return typeof value === "number" ? value : undefined;
}
