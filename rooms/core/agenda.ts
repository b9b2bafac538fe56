/**
 * Who must be looked at when: a binary heap in a plain array, the earliest
 * first.
 *
 * @module
 */
import type { SessionId } from "./input.ts";

export type Alarm = { readonly at: number; readonly sessionId: SessionId };

export function push(agenda: Alarm[], alarm: Alarm): void {
  let index = agenda.length;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = agenda[parentIndex];
    if (parent === undefined || parent.at <= alarm.at) break;
    agenda[index] = parent;
    index = parentIndex;
  }
  agenda[index] = alarm;
}

/** Takes out the first alarm if it is due. */
export function popDue(agenda: Alarm[], now: number): Alarm | undefined {
  const first = agenda[0];
  if (first === undefined || first.at > now) return undefined;
  const last = agenda.pop();
  if (last !== undefined && last !== first) sink(agenda, last);
  return first;
}

/** Puts `alarm` in the place of the first one, and that where it belongs. */
function sink(agenda: Alarm[], alarm: Alarm): void {
  let index = 0;
  while (true) {
    const childIndex = earlierChild(agenda, index);
    const child = agenda[childIndex];
    if (child === undefined || child.at >= alarm.at) break;
    agenda[index] = child;
    index = childIndex;
  }
  agenda[index] = alarm;
}

function earlierChild(agenda: Alarm[], index: number): number {
  const left = agenda[2 * index + 1];
  const right = agenda[2 * index + 2];
  return right !== undefined && left !== undefined && right.at < left.at
    ? 2 * index + 2
    : 2 * index + 1;
}
