/**
 * Restarting ICE, and recreating what cannot be restarted.
 *
 * @module
 */
import { loseAgain } from "./backoff.ts";
import type { MediaEvent } from "./io.ts";
import { reconnected } from "./judging.ts";
import type { Lane } from "./lane.ts";
import type { Plane } from "./plane.ts";

type Of<T extends MediaEvent["type"]> = Extract<MediaEvent, { type: T }>;

/** Begins what is due. Only while signaling is healthy. */
export function repair(plane: Plane, now: number): void {
  restartIce(plane, now);
  for (const lane of plane.lanes) recreate(plane, lane, now);
}

/** When the next repair of a lane may begin. */
export function repairOf({ restarts }: Plane, { condition }: Lane): number {
  switch (condition.type) {
    case "stopped":
    case "restarting":
      return restarts.notBefore;
    case "lost":
      return condition.at;
    default:
      return Infinity;
  }
}

/** By the application. */
export function asked(plane: Plane, recreate: boolean, now: number): void {
  plane.restarts.startOver();
  for (const lane of plane.lanes) {
    switch (lane.condition.type) {
      case "unused":
      case "opening":
      case "recreating":
        break;
      case "lost":
        lane.lose("asked", 0, now);
        break;
      default:
        if (recreate) lane.lose("asked", 0, now);
        else if (!lane.isTroubled) lane.stop("asked");
    }
  }
}

/** The service does not have it any more. */
export function gone(plane: Plane, lane: Lane, now: number): void {
  const { condition } = lane;
  switch (condition.type) {
    case "unused":
    case "lost":
    // Its requests will fail.
    case "recreating":
      return;
    case "reopening":
      return loseAgain(plane, lane, condition, now);
    default:
      lane.lose("transportLost", 0, now);
  }
}

export function restarted(
  plane: Plane,
  { gone: ids }: Of<"restarted">,
  now: number,
): void {
  plane.restarts.answered(now);
  for (const id of ids) {
    const lane = plane.laneOf(id);
    if (lane) gone(plane, lane, now);
  }
}

export function restartRefused(
  plane: Plane,
  { reason, retryAfterMs }: Of<"restartRefused">,
  now: number,
): void {
  plane.restarts.answered(now, retryAfterMs);
  plane.step("refused", reason);
}

export function recreated(
  plane: Plane,
  { direction, number, isIdle }: Of<"recreated">,
  now: number,
): void {
  const lane = plane.lane(direction);
  const { condition } = lane;
  if (condition.type !== "recreating" || condition.number !== number) return;
  const { trigger, attempt } = condition;
  plane.step("recreated", direction);
  lane.condition = isIdle
    ? { type: "awaiting", since: now }
    : { type: "reopening", trigger, attempt, since: now };
  if (lane.connection === "connected") reconnected(plane, lane, 0, now);
}

export function recreationFailed(
  plane: Plane,
  { direction, number, reason, retryAfterMs }: Of<"recreationFailed">,
  now: number,
): void {
  const lane = plane.lane(direction);
  const { condition } = lane;
  if (condition.type !== "recreating" || condition.number !== number) return;
  plane.step("refused", reason);
  loseAgain(plane, lane, condition, now, retryAfterMs);
}

/** One request for all that need it. */
function restartIce(plane: Plane, now: number): void {
  if (now < plane.restarts.notBefore) return;
  const ids: string[] = [];
  for (const lane of plane.lanes) {
    const { id, condition } = lane;
    if (id === undefined) continue;
    if (condition.type === "stopped") {
      lane.condition = { ...condition, type: "restarting", since: now };
      ids.push(id);
    } else if (condition.type === "restarting") {
      ids.push(id);
    }
  }
  if (ids.length === 0) return;
  plane.restarts.asked(now);
  plane.step("iceRestarted");
  plane.do({ type: "restartIce", ids });
}

function recreate(plane: Plane, lane: Lane, now: number): void {
  const { condition } = lane;
  if (condition.type !== "lost" || now < condition.at) return;
  const { direction } = lane;
  const number = ++plane.recreations;
  const { trigger, attempt } = condition;
  lane.condition = { type: "recreating", trigger, attempt, number };
  plane.step("recreating", direction);
  plane.do({ type: "recreate", direction, number });
}
