/**
 * The attempts to have a connection again, one after the other.
 *
 * @module
 */
import {
  encodeRequest,
  type ErrorObject,
  errorObject,
  type ResumeParams,
} from "../../protocol/mod.ts";
import { EASE_AFTER_MS } from "../retry.ts";
import type { Core } from "./core.ts";
import { clientCloseCodes, type Ending } from "./ending.ts";
import type { NetworkHint, SocketId } from "./io.ts";
import { sayJoin } from "./joining.ts";
import { FIRST_ID } from "./requests.ts";
import {
  type Attempt,
  type Goal,
  type Opening,
  type Race,
  type Recovering,
  type Session,
  socketOfAttempt,
} from "./state.ts";

/**
 * Milliseconds after which an attempt hangs. A hanging one blocks the next one
 * to the same host, and a browser slows down a page with too many of them.
 */
const HANG_MS = 2_000;
const EASED_HANG_MS = 4_000;
/** TCP, TLS and HTTP need so many round trips between them, and one may get lost. */
const ROUND_TRIPS = 6;
/** However slow it was before: what hangs must not take up the whole grace. */
const MAX_HANG_MS = 5_000;
/** Milliseconds between attempts that the browser, being offline, will fail. */
const OFFLINE_MS = 4_000;
/** Milliseconds between attempts at most, while a service that said so restarts. */
const RESTART_MS = 400;
/** Milliseconds that an attempt gets at least before it is given up for another. */
const FRESH_MS = 250;

/** Lets the policy say when the next attempt is to be. */
export function plan(core: Core, state: Recovering, now: number): void {
  const { failures, since, error, network } = state.race;
  const { notBefore } = state.session;
  const elapsedMs = now - since;
  const retryAfterMs = notBefore > now ? notBefore - now : undefined;
  const delay = core.options.retry({
    attempt: failures,
    elapsedMs,
    error,
    retryAfterMs,
  });
  if (delay === null) return wait(core, state, Infinity, now);
  const hopelessUntil = network === "offline" ? now + OFFLINE_MS : 0;
  const patience = state.type === "parting" ? RESTART_MS : Infinity;
  const until = now + Math.min(delay, patience);
  wait(core, state, Math.max(until, notBefore, hopelessUntil), now);
}

/** What hangs or was refused makes place for the next attempt. */
export function failed(
  core: Core,
  state: Recovering,
  error: ErrorObject,
  now: number,
): void {
  drop(core, state.race.attempt);
  const { retryAfterMs } = error.data;
  const session = retryAfterMs === undefined
    ? state.session
    : { ...state.session, notBefore: now + retryAfterMs };
  const failures = state.race.failures + 1;
  const race = { ...state.race, failures, error };
  plan(core, { ...state, session, race }, now);
}

export function hinted(
  core: Core,
  state: Recovering,
  hint: NetworkHint,
  now: number,
): void {
  const { race } = state;
  const { attempt } = race;
  if (hint === "offline") {
    const offline = withRace(core, state, { ...race, network: "offline" });
    if (attempt.type !== "waiting") return;
    return wait(core, offline, Math.max(attempt.until, now + OFFLINE_MS), now);
  }
  const hopeful = withRace(core, state, { ...race, network: "unknown" });
  switch (attempt.type) {
    case "waiting":
      return wait(core, hopeful, state.session.notBefore, now);
    case "opening": {
      const freshUntil = attempt.began + timeOf(FRESH_MS, state);
      if (now < freshUntil) return hurry(core, hopeful, attempt, freshUntil);
      drop(core, attempt);
      return begin(core, hopeful, now);
    }
  }
}

/**
 * What was sent just before the network came back is lost, and sent again after
 * a second only: without an answer it makes place soon.
 */
function hurry(
  core: Core,
  state: Recovering,
  attempt: Opening,
  until: number,
): void {
  withRace(core, state, {
    ...state.race,
    attempt: { ...attempt, until: Math.min(attempt.until, until) },
  });
}

/** What is due by now. */
export function tickRace(core: Core, state: Recovering, now: number): void {
  const { attempt } = state.race;
  switch (attempt.type) {
    case "waiting":
      if (now >= attempt.until) begin(core, state, now);
      return;
    case "opening":
    case "asking": {
      if (now < attempt.until) return;
      const error = errorObject("requestTimeout", "the attempt hung");
      return failed(core, state, error, now);
    }
  }
}

/** What is needed first: a token, or just a socket. */
export function begin(core: Core, state: Recovering, now: number): void {
  const { token } = state.race.goal;
  if (token !== "expired" && token !== "wanted") return open(core, state, now);
  setAttempt(core, state, { type: "authorizing" });
  core.do({ type: "authorize" });
}

export function authorized(
  core: Core,
  state: Recovering,
  token: string,
  now: number,
): void {
  const { race, session } = state;
  if (race.attempt.type !== "authorizing") return;
  const goal = race.goal.method === "resume"
    ? { method: "resume", token: "renewed" } as const
    : race.goal;
  const fresh = { ...session, token };
  open(core, { ...state, session: fresh, race: { ...race, goal } }, now);
}

/** The first message says what the socket is for. */
export function opened(
  core: Core,
  state: Recovering,
  socket: SocketId,
  now: number,
): void {
  const { attempt, goal } = state.race;
  if (attempt.type !== "opening" || attempt.socket !== socket) return;
  const until = now + hangMs(state, now);
  core.do({ type: "step", step: "socketOpened" });
  const session = goal.method === "resume"
    ? { ...state.session, resumes: state.session.resumes + 1 }
    : state.session;
  setAttempt(core, { ...state, session }, { type: "asking", socket, until });
  if (goal.method === "join") return sayJoin(core, socket, session.token);
  const isTokenWanted = goal.token === "renewed" ||
    session.policy.requireTokenOnResume;
  sayResume(core, socket, session, isTokenWanted);
}

/** Its socket is of no use any more. */
export function drop(core: Core, attempt: Attempt): void {
  const socket = socketOfAttempt(attempt);
  if (socket !== undefined) core.close(socket, clientCloseCodes.lost);
}

/** The policy wants no further attempt, and the old socket is no hope any more. */
export const isExhausted = ({ type, race: { attempt } }: Recovering): boolean =>
  type === "lost" && attempt.type === "waiting" && attempt.until === Infinity;

/** There will be no further attempt. */
export function gaveUp(goal: Goal): Ending {
  const reason = goal.method === "join"
    ? goal.over.reason
    : "networkDisconnect";
  return { reason, error: errorObject("signalingFailed") };
}

function wait(core: Core, state: Recovering, until: number, now: number): void {
  if (until <= now) return begin(core, state, now);
  const waiting = setAttempt(core, state, { type: "waiting", until });
  if (isExhausted(waiting)) core.end(gaveUp(waiting.race.goal));
}

function open(core: Core, state: Recovering, now: number): void {
  core.do({ type: "step", step: "socketTried" });
  const socket = core.open();
  const until = now + hangMs(state, now);
  setAttempt(core, state, { type: "opening", socket, began: now, until });
}

function hangMs(state: Recovering, now: number): number {
  const isEased = now - state.race.since >= EASE_AFTER_MS;
  return timeOf(isEased ? EASED_HANG_MS : HANG_MS, state);
}

/** Of an attempt: so many milliseconds, or more where the service is far. */
function timeOf(usualMs: number, { session }: Recovering): number {
  const far = Math.min(ROUND_TRIPS * session.roundTripMs, MAX_HANG_MS);
  return Math.max(usualMs, far);
}

function sayResume(
  core: Core,
  socket: SocketId,
  { sessionId, secret, epoch, seq, resumes, token }: Session,
  isTokenWanted: boolean,
): void {
  const params: ResumeParams = {
    sessionId,
    secret,
    epoch,
    ack: seq,
    attempt: resumes,
    ...(isTokenWanted && { token }),
  };
  core.send(socket, encodeRequest(FIRST_ID, "resume", params));
}

function setAttempt(
  core: Core,
  state: Recovering,
  attempt: Attempt,
): Recovering {
  const next = withRace(core, state, { ...state.race, attempt });
  tellAttempt(core, next);
  return next;
}

/** For those who watch. */
export function tellAttempt(
  core: Core,
  { race: { attempt, goal }, heardAt, session }: Recovering,
): void {
  const until = attempt.type === "waiting" ? attempt.until : "now";
  const graceUntil = goal.method === "join"
    ? 0
    : heardAt + session.policy.evictAfterMs;
  core.do({ type: "attempt", until, graceUntil });
}

function withRace(core: Core, state: Recovering, race: Race): Recovering {
  const next = { ...state, race };
  core.state = next;
  return next;
}
