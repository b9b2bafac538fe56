/**
 * What a fresh socket brings: the session, another one, or a refusal.
 *
 * @module
 */
import {
  describe,
  type ErrorObject,
  errors,
  methods,
  parseFrame,
  type Response,
  type ResumeResult,
} from "../../protocol/mod.ts";
import type { Core } from "./core.ts";
import { clientCloseCodes, endedByRefusal, misunderstood } from "./ending.ts";
import { answer } from "./hearing.ts";
import type { SocketId } from "./io.ts";
import { readJoinResult } from "./joining.ts";
import { parseLeniently } from "./lenient.ts";
import { over } from "./losing.ts";
import { begin, drop, failed } from "./race.ts";
import { FIRST_ID } from "./requests.ts";
import { type Goal, joinedWith, type Recovering, sessionOf } from "./state.ts";

export function freshSpoke(
  core: Core,
  state: Recovering,
  socket: SocketId,
  text: string,
  now: number,
): void {
  const frame = parseFrame(text);
  switch (frame.type) {
    case "request":
      return answer(core, socket, frame.request, state.session.seq);
    case "response":
      return answered(core, state, socket, frame.response, now);
    case "invalid": {
      const { error } = misunderstood(frame.detail ?? frame.error);
      return failed(core, state, error, now);
    }
  }
}

function answered(
  core: Core,
  state: Recovering,
  socket: SocketId,
  response: Response,
  now: number,
): void {
  if ("error" in response) return refused(core, state, response.error, now);
  if (response.id !== FIRST_ID) return;
  const { goal } = state.race;
  if (goal.method === "resume") {
    return resumed(core, state, socket, response.result, now);
  }
  const read = readJoinResult(response.result);
  if (!read.ok) return core.end({ ...goal.over, error: read.error });
  const { result } = read;
  const session = sessionOf(result, state.session.token);
  core.state = joinedWith(socket, session, now);
  core.requests.restart(now);
  core.do({
    type: "rejoined",
    result,
    // Whoever stays behind was left.
    reason: goal.room === undefined ? goal.over.reason : "left",
    ...(goal.room !== undefined && { room: goal.room }),
  });
  core.sendRequests(socket);
}

function resumed(
  core: Core,
  state: Recovering,
  socket: SocketId,
  value: unknown,
  now: number,
): void {
  const parsed = parseLeniently(methods.resume.result, value);
  if (!parsed.success) {
    return core.end(misunderstood(`resume: ${describe(parsed.error)}`));
  }
  const result = parsed.data;
  const seq = seqAfter(state, result);
  if (seq === undefined) {
    return core.end(misunderstood("resume: events are missing"));
  }
  if (isOfThePast(state, result)) return askAgain(core, state, result, now);
  const { secret, epoch, policy } = result;
  const session = { ...state.session, secret, epoch, policy, seq };
  core.state = joinedWith(socket, session, now);
  if (state.type !== "lost") {
    core.close(state.socket, clientCloseCodes.lost);
  }
  core.requests.restart(now);
  core.do({ type: "resumed", result });
  for (const text of core.requests.again()) core.send(socket, text);
  core.sendRequests(socket);
}

/** The old socket may have told more since the resume was sent. */
function seqAfter(
  { session }: Recovering,
  { seq, snapshot }: ResumeResult,
): number | undefined {
  if (seq > session.seq && snapshot === undefined) return undefined;
  return Math.max(session.seq, seq);
}

/**
 * Whether what the old socket has told meanwhile came from a former owner of the
 * room: another one may have happened under the same number.
 */
const isOfThePast = (
  { session }: Recovering,
  { epoch, seq }: ResumeResult,
): boolean => epoch !== session.epoch && session.seq > seq;

/** With all that was told; a snapshot answers that. */
function askAgain(
  core: Core,
  state: Recovering,
  { secret }: ResumeResult,
  now: number,
): void {
  drop(core, state.race.attempt);
  begin(core, { ...state, session: { ...state.session, secret } }, now);
}

function refused(
  core: Core,
  state: Recovering,
  error: ErrorObject,
  now: number,
): void {
  core.do({ type: "step", step: "refused", detail: `${error.code}` });
  if (!error.data.fatal) return failed(core, state, error, now);
  const { race } = state;
  const { goal } = race;
  const renewing = error.code === errors.tokenExpired.code && renewalOf(goal);
  if (renewing) {
    drop(core, race.attempt);
    return begin(core, { ...state, race: { ...race, goal: renewing } }, now);
  }
  if (goal.method === "join") {
    return core.end({ reason: goal.over.reason, error });
  }
  // The session may go on, and would be in the way of another one.
  if (error.data.reason === undefined) return core.end(endedByRefusal(error));
  over(core, endedByRefusal(error), now);
}

/** Undefined where the app has just given the token. */
function renewalOf(goal: Goal): Goal | undefined {
  if (goal.method === "join") {
    return goal.token === "given" ? { ...goal, token: "wanted" } : undefined;
  }
  return goal.token === "renewed" ? undefined : { ...goal, token: "expired" };
}
