/**
 * Where rooms are to go: away from who drains, and from who has had many more
 * than the others for a while.
 *
 * @module
 */
import type { Node } from "./nodes.ts";

export type Nodes = ReadonlyMap<string, Node>;

/** So many times the mean, and so many more, are too many. */
const RATIO = 1.25;
const SLACK = 4;
/**
 * Milliseconds for which they have to be. Moving a room costs all in it a resume,
 * and a burst of joins is often even after a moment.
 */
const HOLD_MS = 30_000;

/** The process with the fewest rooms that takes more. */
export function leastLoaded(nodes: Nodes, self: string): string | undefined {
  return [...nodes]
    .filter(([node, { state, isFull }]) =>
      node !== self && state === "open" && !isFull
    )
    .sort(([a, one], [b, other]) => one.rooms - other.rooms || (a < b ? -1 : 1))
    .at(0)?.[0];
}

/** Whether one has many more rooms than those that take rooms do on the average. */
export function hasTooMany(nodes: Nodes, { rooms }: Node): boolean {
  const open = [...nodes.values()].filter(({ state }) => state === "open");
  const all = open.reduce((sum, { rooms }) => sum + rooms, 0);
  return rooms > all / Math.max(1, open.length) * RATIO + SLACK;
}

/** What one process makes of one look after the other. */
export class Balance {
  #tooManySince: number | undefined;

  /** Whether one room of this process is to go to another one now. */
  isMoveDue(nodes: Nodes, self: Node, now: number): boolean {
    if (self.state !== "open" || !hasTooMany(nodes, self)) {
      this.#tooManySince = undefined;
      return false;
    }
    this.#tooManySince ??= now;
    return now >= this.#tooManySince + HOLD_MS;
  }
}
