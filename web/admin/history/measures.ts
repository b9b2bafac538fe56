import type { ParticipantSummary, RoomSummary } from "../../../admin/client.ts";

export function presenceCounts(rooms: readonly RoomSummary[]) {
  const all = sum(rooms.map(({ participants }) => participants));
  const reconnecting = sum(rooms.map(({ reconnecting }) => reconnecting));
  return { connected: all - reconnecting, reconnecting };
}

/** The middle one, and one that only one in twenty is slower than. */
export function roundTripsOf(participants: readonly ParticipantSummary[]) {
  const sorted = participants
    .filter(({ state }) => state === "connected")
    .flatMap(({ roundTripMs }) => roundTripMs === null ? [] : [roundTripMs])
    .sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ??
      null;
  return { medianMs: at(0.5), slowMs: at(0.95) };
}

/** How many of `times` fall into each of the steps that end at `to`. */
export function perStep(
  times: readonly number[],
  { to, stepMs, steps }: { to: number; stepMs: number; steps: number },
): number[] {
  const counts = new Array<number>(steps).fill(0);
  const from = to - stepMs * steps;
  for (const at of times) {
    const step = Math.floor((at - from) / stepMs);
    if (step >= 0 && step < steps) counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((all, one) => all + one, 0);
