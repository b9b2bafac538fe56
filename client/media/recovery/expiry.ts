import { loseAgain } from "./backoff.ts";
import { check, judgeFlow } from "./judging.ts";
import type { Lane } from "./lane.ts";
import type { Plane } from "./plane.ts";

/** For the first look after a resume. */
const CHECK_TIMEOUT_MS = 500;
/** A restart that has not connected by then will not. */
const RESTART_TIMEOUT_MS = 4_000;
/** What was recreated gets as long to connect as the service gives it. */
const REOPEN_TIMEOUT_MS = 15_000;

/** When the condition of a lane may not last any longer. */
export function expiryOf({ options }: Plane, lane: Lane): number {
  const { condition, connection, disconnectedAt } = lane;
  switch (condition.type) {
    case "flowing":
      return connection === "disconnected"
        ? disconnectedAt + options.disconnectedTimeoutMs
        : Infinity;
    case "checking":
      return condition.since + CHECK_TIMEOUT_MS;
    case "restarting":
      return condition.since + RESTART_TIMEOUT_MS;
    case "reopening":
      return condition.since + REOPEN_TIMEOUT_MS;
    default:
      return Infinity;
  }
}

/** What follows from nothing but the time. */
export function expire(plane: Plane, lane: Lane, now: number): void {
  const { condition } = lane;
  if (condition.type === "settling") {
    return judgeFlow(plane, lane, condition, now);
  }
  if (now < expiryOf(plane, lane)) return;
  switch (condition.type) {
    case "flowing":
      return lane.stop("iceDisconnected");
    case "checking":
      return check(plane, lane, condition.advice, now);
    case "restarting":
      return lane.lose(condition.trigger, 0, now);
    case "reopening":
      return loseAgain(plane, lane, condition, now);
  }
}
