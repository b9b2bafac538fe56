/**
 * What the signs of life of a transport mean.
 *
 * @module
 */
import { loseAgain } from "./backoff.ts";
import type { Settling } from "./condition.ts";
import type { Advice, Sample } from "./io.ts";
import { type Lane, QUIET_MS } from "./lane.ts";
import type { Plane } from "./plane.ts";

/** A restart that has not connected by then will not. */
const RESTART_TIMEOUT_MS = 4_000;
/** The media server passes no more key frame requests on. */
const KEY_FRAME_INTERVAL_MS = 1_000;
/** What does not move by then has another reason to be still. */
const SETTLE_MS = 2_500;
/** Nothing but STUN for so long: what claims to be connected is frozen. */
const FROZEN_MS = 8_000;

export function connectionChanged(
  plane: Plane,
  lane: Lane,
  state: RTCPeerConnectionState,
  now: number,
): void {
  const before = lane.connection;
  lane.connection = state;
  lane.lookSoon();
  const { condition } = lane;
  switch (state) {
    case "connected":
      if (before === "disconnected") plane.do({ type: "iceReconnected" });
      if (condition.type === "opening") lane.connected(now);
      if (condition.type === "reopening" || condition.type === "awaiting") {
        reconnected(plane, lane, 0, now);
      }
      return;
    case "disconnected":
      lane.disconnectedAt = now;
      return plane.except("ICE_CONNECTION_DISCONNECTED", lane);
    case "failed":
      plane.except("ICE_CONNECTION_FAILED", lane);
      if (condition.type === "reopening") {
        return loseAgain(plane, lane, condition, now);
      }
      if (lane.isWatched && !lane.isTroubled) lane.stop("iceFailed");
  }
}

export function sampled(
  plane: Plane,
  lane: Lane,
  sample: Sample,
  now: number,
): void {
  const silenceMs = lane.silenceMs(now);
  const wasQuiet = lane.isQuiet(now);
  if (lane.sampled(sample, now)) heard(plane, lane, silenceMs, wasQuiet, now);
  else judgeSilence(plane, lane, now);
  const { condition } = lane;
  if (condition.type === "settling") judgeFlow(plane, lane, condition, now);
}

/** The way is there again. */
export function reconnected(
  plane: Plane,
  lane: Lane,
  silenceMs: number,
  now: number,
): void {
  plane.step("iceConnected", lane.direction);
  lane.settle(silenceMs, now);
}

/** Of a session that was resumed, a transport that has not been heard since. */
export function check(
  plane: Plane,
  lane: Lane,
  advice: Advice,
  now: number,
): void {
  const silenceMs = lane.silenceMs(now);
  const isStopped = advice === "restart" ||
    lane.isSilent(plane.other(lane), now);
  if (isStopped) lane.stop("mediaStopped");
  else lane.settle(silenceMs, now);
}

/** Of a transport that is there again, whether media came with it. */
function judgeFlow(
  plane: Plane,
  lane: Lane,
  { since, keyFramesAt, isRecreated }: Settling,
  now: number,
): void {
  const still = lane.stillVideos(since);
  if (!lane.isExpected || lane.hasPacketsSince(since)) {
    if (still.length === 0) plane.step("mediaFlows", lane.direction);
    if (still.length === 0 || now >= since + SETTLE_MS) return lane.flow();
  } else if (now >= since + FROZEN_MS) {
    return isRecreated ? lane.flow() : lane.lose("mediaStopped", 0, now);
  }
  if (still.length === 0 || now < keyFramesAt) return;
  if (plane.signaling !== "healthy") return;
  for (const video of still) plane.do({ type: "requestKeyFrame", video });
  plane.step("keyFrameRequested", still.join(" "));
  lane.settleFurther(now + KEY_FRAME_INTERVAL_MS);
}

/** What is broken takes the other direction along, if that is in doubt too. */
export function followOther(plane: Plane, lane: Lane, now: number): void {
  const { condition } = plane.other(lane);
  const isBroken = condition.type === "stopped" ||
    condition.type === "restarting";
  if (!isBroken || condition.trigger === "asked") return;
  const { type } = lane.condition;
  if (type !== "flowing" && type !== "settling") return;
  if (lane.silenceMs(now) >= QUIET_MS) lane.stop(condition.trigger);
}

/** What is sent now only queues up, to come stale when the way is back. */
function isPausing({ signaling, send, recv }: Plane, now: number): boolean {
  if (send.isSilent(recv, now)) return true;
  return (signaling !== "healthy" || send.isTroubled) && send.isQuiet(now);
}

function heard(
  plane: Plane,
  lane: Lane,
  silenceMs: number,
  wasQuiet: boolean,
  now: number,
): void {
  if (lane === plane.send) plane.suspend(false);
  if (wasQuiet && plane.signaling !== "healthy") {
    plane.do({ type: "iceReconnected" });
  }
  switch (lane.condition.type) {
    case "flowing":
      if (silenceMs >= QUIET_MS && lane.hadMotion) lane.settle(silenceMs, now);
      return;
    case "checking":
      if (silenceMs < QUIET_MS) lane.flow();
      else lane.settle(silenceMs, now);
      return;
    case "stopped":
    case "restarting":
      return reconnected(plane, lane, silenceMs, now);
  }
}

function judgeSilence(plane: Plane, lane: Lane, now: number): void {
  if (lane === plane.send && isPausing(plane, now)) plane.suspend(true);
  const { condition } = lane;
  switch (condition.type) {
    case "checking":
      return check(plane, lane, condition.advice, now);
    case "flowing":
    case "settling":
      if (plane.isStopped(lane, now)) lane.stop("mediaStopped");
      return;
    case "restarting":
      if (now < condition.since + RESTART_TIMEOUT_MS) return;
      return lane.lose(condition.trigger, 0, now);
  }
}
