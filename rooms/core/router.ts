/**
 * The room's router in the SFU, from the first join to the end of the room. One
 * that is lost is replaced (MD9): signaling stays, and media is made anew.
 *
 * @module
 */
import type { SfuResult } from "../../sfu/methods.ts";
import { announce } from "./announce.ts";
import { turnWaitingAway, welcomeWaiting } from "./join.ts";
import { call } from "./media/calls.ts";
import { closeInSfu } from "./media/closing.ts";
import { expectMedia, loseMedia } from "./media/lost.ts";
import { tellEach } from "./outbox.ts";
import { failUnderWay } from "./media/replies.ts";
import { joinedSessions, type RoomState, type Step } from "./state.ts";

/** Milliseconds that joins wait for it. */
const CREATION_LIMIT_MS = 10_000;
/** Milliseconds between two looks at who is heard. */
const AUDIO_LEVEL_INTERVAL_MS = 300;
/** Milliseconds until another replacement is tried; doubles with each failure. */
const RETRY_MS = 250;
const MAX_RETRY_MS = 4_000;

/** Makes sure that those who are here, or want to come in, have a router to wait for. */
export function ensureRouter(step: Step): void {
  const { state, now } = step;
  const { router } = state;
  if (state.sessions.size === 0) return;
  if (router.state === "lost") {
    if (state.sfu === "down" || now < router.retryAt) return;
  } else if (router.state !== "none") return;
  const number = call(step, "createRouter", {
    label: state.name,
    codecs: state.policy.codecs,
    audioLevelIntervalMs: AUDIO_LEVEL_INTERVAL_MS,
  }, { type: "createRouter" });
  const until = now + CREATION_LIMIT_MS;
  const replaces = router.state === "lost" ? router : null;
  state.router = { state: "creating", call: number, until, replaces };
}

export function routerCreated(
  step: Step,
  call: number,
  { routerId, rtpCapabilities }: SfuResult<"createRouter">,
): void {
  const { state, now } = step;
  const { router } = state;
  if (router.state !== "creating" || router.call !== call) {
    return closeInSfu(step, "closeRouter", { routerId });
  }
  state.router = { state: "ready", id: routerId, rtpCapabilities };
  if (router.replaces === null) {
    announce(step, { type: "roomStarted" });
  } else {
    const lostMs = Math.round(now - router.replaces.lostAt);
    announce(step, { type: "mediaServerReplaced", lostMs });
    tellEach(step, joinedSessions(state), "mediaServerReady", {
      routerRtpCapabilities: rtpCapabilities,
    });
    expectMedia(step);
  }
  welcomeWaiting(step, rtpCapabilities);
}

export function routerFailed(step: Step, call: number): void {
  const { router } = step.state;
  if (router.state === "creating" && router.call === call) giveUp(step);
}

/** The SFU has closed it, with all that was in it. */
export function routerLost(step: Step, routerId: string): void {
  const { state, now } = step;
  const { router } = state;
  if (router.state !== "ready" || router.id !== routerId) return;
  state.router = {
    state: "lost",
    id: routerId,
    lostAt: now,
    failures: 0,
    retryAt: now,
  };
  announce(step, { type: "mediaServerLost" });
  loseMedia(step);
  tellEach(step, joinedSessions(state), "mediaServerLost", {});
  failUnderWay(step);
  ensureRouter(step);
}

/** There is an SFU again: what was lost need not wait any longer. */
export function retryRouter(step: Step): void {
  const { router } = step.state;
  if (router.state !== "lost") return;
  step.state.router = { ...router, retryAt: step.now };
  ensureRouter(step);
}

export function routerDeadline({ router, sfu, sessions }: RoomState): number {
  switch (router.state) {
    case "creating":
      return router.until;
    case "lost":
      return sfu === "up" && sessions.size > 0 ? router.retryAt : Infinity;
    default:
      return Infinity;
  }
}

/** Ends a wait that is too long. A router that comes later is closed. */
export function watchRouter(step: Step): void {
  const { router } = step.state;
  if (router.state === "creating" && step.now >= router.until) giveUp(step);
  ensureRouter(step);
}

function giveUp(step: Step): void {
  const { state, now } = step;
  if (state.router.state !== "creating") return;
  const { replaces } = state.router;
  if (replaces === null) {
    state.router = { state: "none" };
  } else {
    const wait = Math.min(RETRY_MS * 2 ** replaces.failures, MAX_RETRY_MS);
    const failures = replaces.failures + 1;
    state.router = { ...replaces, failures, retryAt: now + wait };
  }
  turnWaitingAway(step);
}
