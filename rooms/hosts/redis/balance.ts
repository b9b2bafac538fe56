/**
 * Where rooms are to go: away from who drains, and from who has many more than
 * others.
 *
 * @module
 */
import type { Node } from "./directory.ts";

/** So many times as many, and so many more, are too many. */
const RATIO = 1.5;
const SLACK = 4;

/** The process with the fewest rooms that takes more. */
export function leastLoaded(
  nodes: ReadonlyMap<string, Node>,
  self: string,
): string | undefined {
  return [...nodes]
    .filter(([node, { state, isFull }]) =>
      node !== self && state === "open" && !isFull
    )
    .sort(([a, one], [b, other]) => one.rooms - other.rooms || (a < b ? -1 : 1))
    .at(0)?.[0];
}

/** Where one room of this process is to go now. */
export function targetOf(
  nodes: ReadonlyMap<string, Node>,
  self: string,
  { state, rooms }: Node,
): string | undefined {
  const target = leastLoaded(nodes, self);
  if (target === undefined || rooms === 0) return undefined;
  if (state !== "open") return target;
  const least = nodes.get(target)?.rooms ?? 0;
  return rooms > least * RATIO + SLACK ? target : undefined;
}
