import {
  type ErrorObject,
  errorObject,
  type RecoveryTrigger,
} from "../../protocol/mod.ts";
import type { Core } from "./core.ts";
import {
  clientCloseCodes,
  endedByClose,
  endedFor,
  type Ending,
  isAccident,
  LEFT,
} from "./ending.ts";
import type { GoingAway, Heard, Moved } from "./hearing.ts";
import { drop, gaveUp, isExhausted, plan, tellAttempt } from "./race.ts";
import {
  type Goal,
  type Joined,
  type Lost,
  type Parting,
  type Race,
  type Recovering,
  socketsOf,
  type Suspecting,
} from "./state.ts";

const RESUME: Goal = { method: "resume", token: "kept" };

/** What made a connection doubtful, or ended it. */
export type Cause = {
  readonly trigger: RecoveryTrigger;
  readonly error: ErrorObject;
};

export function silence(
  { heardAt }: Joined | Suspecting | Parting,
  now: number,
): Cause {
  const detail = `silent for ${Math.round(now - heardAt)} ms`;
  return { trigger: "silence", error: errorObject("signalingLost", detail) };
}

function raceFor(goal: Goal, error: ErrorObject, now: number): Race {
  return {
    since: now,
    goal,
    failures: 0,
    error,
    network: "unknown",
    attempt: { type: "waiting", until: now },
  };
}

/** The old socket may still be the better one: fresh ones race it. */
export function suspect(
  core: Core,
  { socket, heardAt, session }: Joined,
  cause: Cause,
  now: number,
): void {
  const { timeoutMs, suspectAfterMs } = session.policy;
  const patienceMs = timeoutMs - suspectAfterMs;
  const race = raceFor(RESUME, cause.error, now);
  const state: Suspecting = {
    type: "suspecting",
    socket,
    heardAt,
    // Who was asleep has not listened: what has come meanwhile is still to be read.
    lostAt: Math.max(heardAt + timeoutMs, now + patienceMs),
    session,
    race: cause.trigger === "offline" ? { ...race, network: "offline" } : race,
  };
  core.do({ type: "suspected", ...cause });
  plan(core, state, now);
}

/** The old socket is none any more. */
export function lose(
  core: Core,
  state: Joined | Suspecting | Parting,
  cause: Cause,
  now: number,
): void {
  const race = "race" in state ? state.race : raceFor(RESUME, cause.error, now);
  const lost = lostWith(core, state, race);
  core.close(state.socket, clientCloseCodes.lost);
  core.state = lost;
  core.do({ type: "lost", ...cause });
  if (state.type === "joined") return plan(core, lost, now);
  if (isExhausted(lost)) core.end(gaveUp(race.goal));
  else tellAttempt(core, lost);
}

/** The socket of the session has closed: the code says whether that was all. */
export function socketClosed(
  core: Core,
  state: Joined | Suspecting | Parting,
  code: number,
  now: number,
): void {
  const ending = endedByClose(code);
  if (ending !== undefined) return over(core, ending, now);
  // That was to come; the session is to be had again later.
  if (state.type === "parting") return;
  const error = errorObject("signalingLost", `the socket closed with ${code}`);
  lose(core, state, { trigger: "socketClosed", error }, now);
}

/** The service has ended the session, or does not know it. */
export function over(core: Core, ending: Ending, now: number): void {
  const { state } = core;
  const isWantedBack = core.options.rejoin && isAccident(ending);
  if (!isWantedBack || !("heardAt" in state)) return core.end(ending);
  const goal = { method: "join", over: ending, token: "wanted" } as const;
  const error = ending.error ?? LEFT;
  joinAnew(core, state, goal, { trigger: "socketClosed", error }, now);
}

/** Acts on what was heard. */
export function conclude(core: Core, heard: Heard, now: number): void {
  const { state } = core;
  if (heard === undefined) return;
  if (heard.type === "over") return over(core, heard.ending, now);
  if (!("socket" in state) || !("heardAt" in state)) return;
  if (heard.type === "goingAway") return part(core, state, heard, now);
  if (heard.type === "moved") return move(core, state, heard, now);
  lose(core, state, { trigger: "socketClosed", error: heard.error }, now);
}

/** Nobody need know of it, if the service is back by then. */
function part(
  core: Core,
  state: Joined | Suspecting | Parting,
  { resumeInMs, url }: GoingAway,
  now: number,
): void {
  const { socket, heardAt } = state;
  // A refusal may have asked for more time (RS10).
  const notBefore = Math.max(now + resumeInMs, state.session.notBefore);
  const session = { ...state.session, notBefore };
  const { timeoutMs } = session.policy;
  const error = errorObject("signalingLost", "the service goes");
  if (state.type !== "joined") drop(core, state.race.attempt);
  if (url !== undefined) core.do({ type: "redirect", url });
  // Who was in doubt knows better now.
  if (state.type === "suspecting") core.do({ type: "spoke" });
  plan(core, {
    type: "parting",
    socket,
    heardAt,
    lostAt: notBefore + timeoutMs,
    session,
    race: raceFor(RESUME, error, now),
  }, now);
}

/** Leaves this room for another one, as the service wishes. */
function move(
  core: Core,
  state: Joined | Suspecting | Parting,
  { room, token }: Moved,
  now: number,
): void {
  core.send(state.socket, core.requests.encode("leave", {}).text);
  const over = endedFor("removed");
  const goal = { method: "join", over, token: "given", room } as const;
  const error = errorObject("signalingLost", "moved to another room");
  const session = { ...state.session, token };
  core.do({ type: "move", room });
  joinAnew(core, { ...state, session }, goal, { trigger: "asked", error }, now);
}

/** Nothing of the session is left. */
function joinAnew(
  core: Core,
  state: Joined | Recovering,
  goal: Extract<Goal, { method: "join" }>,
  cause: Cause,
  now: number,
): void {
  core.reply(core.requests.fail(cause.error));
  const { left, lost } = clientCloseCodes;
  for (const socket of socketsOf(state)) {
    core.close(socket, goal.room === undefined ? lost : left);
  }
  if (state.type !== "lost") core.do({ type: "lost", ...cause });
  const race = raceFor(goal, cause.error, now);
  if (state.type === "joined") {
    return plan(core, lostWith(core, state, race), now);
  }
  const { since, network } = state.race;
  plan(core, lostWith(core, state, { ...race, since, network }), now);
}

function lostWith(
  core: Core,
  { heardAt, session }: Joined | Recovering,
  race: Race,
): Lost {
  const giveUpAt = race.since + core.options.giveUpAfterMs;
  return { type: "lost", heardAt, giveUpAt, session, race };
}
