import { type ErrorShape, HoldfastError } from "./errors.ts";
import type { RetryPolicy } from "./api/recovery.ts";
import { errors } from "../protocol/errors.ts";

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 4_000;
/**
 * From here on attempts are rarer: browsers slow down the sockets of a page that
 * fails to open many of them.
 */
export const EASE_AFTER_MS = 20_000;
const MAX_EASED_BACKOFF_MS = 8_000;

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
    const max = elapsedMs < EASE_AFTER_MS
      ? MAX_BACKOFF_MS
      : MAX_EASED_BACKOFF_MS;
    return random() * Math.min(max, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
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
