/**
 * How long to wait before trying again.
 *
 * @module
 */
export type Backoff = { readonly baseMs: number; readonly capMs: number };

/** A number from 0 up to 1, as `Math.random` gives. */
export type Random = () => number;

/** Full jitter: any time up to base * 2^attempt, and never beyond the cap. */
export function backoffDelay(
  { baseMs, capMs }: Backoff,
  attempt: number,
  random: Random,
): number {
  return random() * longestDelay({ baseMs, capMs }, attempt);
}

/** At least half of the longest: for who must not be asked again at once. */
export function sparingDelay(
  backoff: Backoff,
  attempt: number,
  random: Random,
): number {
  return longestDelay(backoff, attempt) * (1 + random()) / 2;
}

const longestDelay = ({ baseMs, capMs }: Backoff, attempt: number): number =>
  Math.min(capMs, baseMs * 2 ** attempt);
