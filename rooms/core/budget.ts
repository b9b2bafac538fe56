/**
 * So many in a window of time that begins with the first of them.
 *
 * @module
 */

export type Budget = { readonly since: number; readonly spent: number };

export type Limit = { readonly max: number; readonly windowMs: number };

/** Milliseconds until one more is allowed; 0: it is now. */
export function waitFor(
  budget: Budget | null,
  { max, windowMs }: Limit,
  now: number,
): number {
  if (budget === null || budget.spent < max) return 0;
  return Math.max(0, Math.ceil(budget.since + windowMs - now));
}

export function spend(
  budget: Budget | null,
  { windowMs }: Limit,
  now: number,
): Budget {
  return budget === null || now >= budget.since + windowMs
    ? { since: now, spent: 1 }
    : { since: budget.since, spent: budget.spent + 1 };
}
