import { check } from "./judging.ts";
import { type Lane, QUIET_MS } from "./lane.ts";
import type { Plane } from "./plane.ts";

/** For the first look after a resume. */
const CHECK_TIMEOUT_MS = 500;
/** For what others are to send again, before it is their affair alone. */
const AWAIT_TIMEOUT_MS = 5_000;

/** When the condition of a lane may not last any longer. */
export function expiryOf({ options }: Plane, lane: Lane): number {
  const { condition, connection, disconnectedAt } = lane;
  switch (condition.type) {
    case "flowing":
      // ICE is slow to see that packets come again.
      return connection === "disconnected"
        ? Math.max(
          disconnectedAt + options.disconnectedTimeoutMs,
          lane.evidence.heardAt + QUIET_MS,
        )
        : Infinity;
    case "checking":
      return condition.since + CHECK_TIMEOUT_MS;
    case "reopening":
      return condition.since + options.reopenTimeoutMs();
    case "awaiting":
      return condition.since + AWAIT_TIMEOUT_MS;
    default:
      return Infinity;
  }
}

/** What follows from the time alone. The rest waits for a look: timers may be late. */
export function expire(plane: Plane, lane: Lane, now: number): void {
  const { condition } = lane;
  if (now < expiryOf(plane, lane)) return;
  switch (condition.type) {
    case "flowing":
      return lane.stop("iceDisconnected");
    case "checking":
      return check(plane, lane, condition.advice, now);
    case "reopening":
      return lane.lose(condition.trigger, condition.attempt, now);
    case "awaiting":
      lane.condition = { type: "opening" };
  }
}
