import { backoffDelay } from "../backoff.ts";
import { errors } from "../protocol/errors.ts";
import type { RetryPolicy } from "./api/recovery.ts";
import { type ErrorShape, HoldfastError } from "./errors.ts";

const BACKOFF = { baseMs: 1_000, capMs: 4_000 };
/**
 * From here on attempts are rarer: browsers slow down the sockets of a page that
 * fails to open many of them.
 */
export const EASE_AFTER_MS = 20_000;
const EASED_BACKOFF = { baseMs: 1_000, capMs: 8_000 };

/**
 * The first attempt at once, then an exponential backoff with full jitter. An
 * attempt that hung has taken its time already.
 *
 * @param random 0 to 1.
 */
export function backoff(
  random: () => number,
): RetryPolicy<{ readonly code: number }> {
  return ({ attempt, elapsedMs, error }) => {
    if (attempt === 0 || error.code === errors.requestTimeout.code) return 0;
    const bounds = elapsedMs < EASE_AFTER_MS ? BACKOFF : EASED_BACKOFF;
    return backoffDelay(bounds, attempt - 1, random);
  };
}

/** An application's own policy; where it fails, the usual one takes its place. */
export function carefully(
  policy: RetryPolicy | undefined,
  usual: RetryPolicy<ErrorShape>,
): RetryPolicy<ErrorShape> {
  if (policy === undefined) return usual;
  return (context) => {
    try {
      const error = new HoldfastError(context.error);
      const delay = policy({ ...context, error });
      if (delay === null || delay >= 0) return delay;
      throw new RangeError(
        `Cannot wait as the retry policy must return 0 or more milliseconds, or null: it returned ${delay}`,
      );
    } catch (error) {
      reportError(error);
      return usual(context);
    }
  };
}
