import type { Recreated } from "./condition.ts";
import type { Lane } from "./lane.ts";
import type { Plane } from "./plane.ts";

const FIRST_MS = 1_000;
const MAX_MS = 15_000;

/** A recreation came to nothing: the next one waits longer, and not in step with others. */
export function loseAgain(
  { options }: Plane,
  lane: Lane,
  { trigger, attempt }: Recreated,
  now: number,
  retryAfterMs = 0,
): void {
  const most = Math.min(MAX_MS, FIRST_MS * 2 ** attempt);
  const wait = Math.max(most * (1 + options.random()) / 2, retryAfterMs);
  lane.lose(trigger, attempt + 1, now + wait);
}
