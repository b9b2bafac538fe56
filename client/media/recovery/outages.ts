/**
 * What becomes of media when signaling fails and comes back.
 *
 * @module
 */
import type { Advice } from "./io.ts";
import { type Lane, QUIET_MS } from "./lane.ts";
import type { Plane } from "./plane.ts";

export function signalingFails(
  plane: Plane,
  health: "suspected" | "lost",
): void {
  if (plane.signaling === "healthy") plane.tellPaused();
  plane.signaling = health;
  for (const lane of plane.lanes) {
    lane.lookSoon();
    // Nobody can be asked for another restart, or for a recreation instead.
    if (lane.condition.type === "restarting") lane.stop(lane.condition.trigger);
  }
}

/** Nothing was lost. */
export function spoke(plane: Plane, now: number): void {
  plane.signaling = "healthy";
  if (!plane.isSuspended || plane.send.isTroubled) return;
  // Who sends nothing hears next to nothing. It starts anew from here.
  plane.send.evidence.startOver(now);
  plane.suspend(false);
}

export function resumed(
  plane: Plane,
  advice: ReadonlyMap<string, Advice>,
  now: number,
): void {
  plane.signaling = "healthy";
  plane.restarts.startOver();
  for (const lane of plane.lanes) {
    follow(plane, lane, advice.get(lane.id ?? "") ?? "recreate", now);
  }
}

/** The service has nothing of it any more. */
export function rejoined(plane: Plane, now: number): void {
  plane.signaling = "healthy";
  plane.restarts.startOver();
  for (const lane of plane.lanes) {
    if (lane.condition.type !== "unused") lane.lose("transportLost", 0, now);
  }
}

/** Until the service is ready again, there is nothing to try. */
export function serverLost(plane: Plane): void {
  plane.restarts.startOver();
  for (const lane of plane.lanes) {
    if (lane.condition.type === "unused") continue;
    lane.lose("mediaServerLost", 0, Infinity);
  }
}

export function serverReady(plane: Plane, now: number): void {
  plane.step("mediaServerReady");
  for (const lane of plane.lanes) {
    const { condition } = lane;
    // One that was begun too early has been refused, or is about to be.
    if (condition.type === "lost" || condition.type === "recreating") {
      lane.lose(condition.trigger, 0, now);
    }
  }
}

function follow(plane: Plane, lane: Lane, advice: Advice, now: number): void {
  const { condition } = lane;
  switch (condition.type) {
    case "unused":
    case "lost":
    // Up to the answers that it waits for.
    case "recreating":
      return;
  }
  if (advice === "recreate") return lane.lose("transportLost", 0, now);
  switch (condition.type) {
    case "opening":
      return;
    case "reopening":
      lane.condition = { ...condition, since: now };
      return;
  }
  if (plane.options.recreateAlways) return lane.lose("asked", 0, now);
  if (condition.type !== "flowing") return;
  const isPaused = lane === plane.send && plane.isSuspended;
  if (isPaused) lane.stop("mediaStopped");
  else if (lane.silenceMs(now) >= QUIET_MS) lane.check(advice, now);
}
