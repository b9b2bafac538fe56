/**
 * The room's router in the SFU, from the first join to the end of the room.
 *
 * @module
 */
import type { SfuResult } from "../../sfu/methods.ts";
import { announce } from "./announce.ts";
import { turnWaitingAway, welcomeWaiting } from "./join.ts";
import { call } from "./media/calls.ts";
import { closeInSfu } from "./media/closing.ts";
import type { RoomState, Step } from "./state.ts";

/** Milliseconds that joins wait for it. */
const CREATION_LIMIT_MS = 10_000;
/** Milliseconds between two looks at who is heard. */
const AUDIO_LEVEL_INTERVAL_MS = 300;

/** Makes sure that those who want to come in have a router to wait for. */
export function ensureRouter(step: Step): void {
  const { state, now } = step;
  if (state.router.state !== "none" || state.sessions.size === 0) return;
  const number = call(step, "createRouter", {
    label: state.name,
    codecs: state.policy.codecs,
    audioLevelIntervalMs: AUDIO_LEVEL_INTERVAL_MS,
  }, { type: "createRouter" });
  const until = now + CREATION_LIMIT_MS;
  state.router = { state: "creating", call: number, until };
}

export function routerCreated(
  step: Step,
  call: number,
  { routerId, rtpCapabilities }: SfuResult<"createRouter">,
): void {
  if (!isAwaited(step.state, call)) {
    return closeInSfu(step, "closeRouter", { routerId });
  }
  step.state.router = { state: "ready", id: routerId, rtpCapabilities };
  announce(step, { type: "roomStarted" });
  welcomeWaiting(step, rtpCapabilities);
}

export function routerFailed(step: Step, call: number): void {
  if (isAwaited(step.state, call)) giveUp(step);
}

/** Ends a wait that is too long. A router that comes later is closed. */
export function watchRouter(step: Step): void {
  const { router } = step.state;
  if (router.state === "creating" && step.now >= router.until) giveUp(step);
}

const isAwaited = ({ router }: RoomState, call: number): boolean =>
  router.state === "creating" && router.call === call;

function giveUp(step: Step): void {
  step.state.router = { state: "none" };
  turnWaitingAway(step);
}
