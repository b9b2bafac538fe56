import { sparingDelay } from "../../../backoff.ts";
import type { Recreated } from "./condition.ts";
import type { Lane } from "./lane.ts";
import type { Plane } from "./plane.ts";

const BACKOFF = { baseMs: 1_000, capMs: 15_000 };

/** A recreation came to nothing: the next one waits longer, and not in step with others. */
export function loseAgain(
  { options }: Plane,
  lane: Lane,
  { trigger, attempt }: Recreated,
  now: number,
  retryAfterMs = 0,
): void {
  const wait = sparingDelay(BACKOFF, attempt, options.random);
  lane.lose(trigger, attempt + 1, now + Math.max(wait, retryAfterMs));
}
