import { backoffDelay, type Random } from "../../backoff.ts";

const BACKOFF = { baseMs: 250, capMs: 10_000 };
/** Milliseconds. */
const STEADY_MS = 30_000;

/**
 * Milliseconds until what has died is started again: at once for the first time
 * (attempt 0), then by exponential backoff.
 */
export function restartDelay(
  attempt: number,
  random: Random = Math.random,
): number {
  return attempt === 0 ? 0 : backoffDelay(BACKOFF, attempt - 1, random);
}

/** What has lived this long did not die of its start: the backoff begins anew. */
export function isSteady(lifeMs: number): boolean {
  return lifeMs > STEADY_MS;
}
