import {
  describe,
  encodeRequest,
  type ErrorObject,
  errorObject,
  type JoinParams,
  type JoinResult,
  methods,
  parseFrame,
  type Response,
} from "../../protocol/mod.ts";
import type { Core } from "./core.ts";
import {
  clientCloseCodes,
  LEFT,
  misunderstood,
  refusedByClose,
} from "./ending.ts";
import { answer } from "./hearing.ts";
import type { ConnectionEvent, SocketId } from "./io.ts";
import { parseLeniently } from "./lenient.ts";
import { FIRST_ID } from "./requests.ts";
import {
  joinedWith,
  type Joining,
  sessionOf,
  socketOfAttempt,
} from "./state.ts";

export function startJoining(core: Core, now: number): void {
  const deadline = now + core.options.timeoutMs;
  core.state = {
    type: "joining",
    attempt: { type: "authorizing" },
    token: "",
    failures: 0,
    deadline,
  };
  core.do({ type: "authorize" });
}

/**
 * One attempt, and others only where the service says when: `connect` says what
 * came of it.
 */
export function whileJoining(
  core: Core,
  state: Joining,
  event: ConnectionEvent,
  now: number,
): void {
  const { attempt, deadline } = state;
  const socket = socketOfAttempt(attempt);
  switch (event.type) {
    case "authorized":
      if (attempt.type !== "authorizing") return;
      return open(core, { ...state, token: event.token }, now);
    case "unauthorized":
      if (attempt.type === "authorizing") refuse(core, event.error);
      return;
    case "opened": {
      if (attempt.type !== "opening" || event.socket !== socket) return;
      const asking = { type: "asking", socket, until: deadline } as const;
      core.state = { ...state, attempt: asking };
      return sayJoin(core, socket, state.token);
    }
    case "received":
      if (attempt.type !== "asking" || event.socket !== socket) return;
      return received(core, state, socket, event.text, now);
    case "closed":
      if (event.socket === socket) refuse(core, refusedByClose(event.code));
      return;
    case "leave":
    case "abandon":
      return refuse(core, LEFT);
    case "tick":
      if (now >= deadline) refuse(core, errorObject("signalingTimeout"));
      else if (attempt.type === "waiting" && now >= attempt.until) {
        open(core, state, now);
      }
      return;
  }
}

function open(core: Core, state: Joining, now: number): void {
  const socket = core.open();
  const until = state.deadline;
  const attempt = { type: "opening", socket, began: now, until } as const;
  core.state = { ...state, attempt };
}

export function sayJoin(core: Core, socket: SocketId, token: string): void {
  const join: JoinParams = { token, ...core.options.join() };
  core.send(socket, encodeRequest(FIRST_ID, "join", join));
}

/** @returns What is wrong with the answer, or what it says. */
export function readJoinResult(
  result: unknown,
): { ok: true; result: JoinResult } | { ok: false; error: ErrorObject } {
  const parsed = parseLeniently(methods.join.result, result);
  if (parsed.success) return { ok: true, result: parsed.data };
  const { error } = misunderstood(`join: ${describe(parsed.error)}`);
  return { ok: false, error };
}

function received(
  core: Core,
  state: Joining,
  socket: SocketId,
  text: string,
  now: number,
): void {
  const frame = parseFrame(text);
  switch (frame.type) {
    case "request":
      return answer(core, socket, frame.request, 0);
    case "response":
      return answered(core, state, socket, frame.response, now);
    case "invalid":
      return refuse(core, misunderstood(frame.detail ?? frame.error).error);
  }
}

function answered(
  core: Core,
  state: Joining,
  socket: SocketId,
  response: Response,
  now: number,
): void {
  if (response.id !== FIRST_ID) {
    if ("error" in response) core.except(response.error);
    return;
  }
  if ("error" in response) {
    return refused(core, state, socket, response.error, now);
  }
  const read = readJoinResult(response.result);
  if (!read.ok) return refuse(core, read.error);
  const { result } = read;
  core.state = joinedWith(socket, sessionOf(result, state.token), now);
  core.do({ type: "joined", result });
}

/** Final, unless the service says when it may be otherwise, and that is in time. */
function refused(
  core: Core,
  state: Joining,
  socket: SocketId,
  error: ErrorObject,
  now: number,
): void {
  const { retryAfterMs, fatal } = error.data;
  if (fatal || retryAfterMs === undefined) return refuse(core, error);
  const { failures, deadline } = state;
  const { retry, timeoutMs } = core.options;
  const elapsedMs = now - (deadline - timeoutMs);
  const delay = retry({ attempt: failures, elapsedMs, error, retryAfterMs });
  const until = now + Math.max(delay ?? Infinity, retryAfterMs);
  if (until >= deadline) return refuse(core, error);
  core.close(socket, clientCloseCodes.left);
  const attempt = { type: "waiting", until } as const;
  core.state = { ...state, failures: failures + 1, attempt };
}

const refuse = (core: Core, error: ErrorObject) =>
  core.refuse(error, clientCloseCodes.left);
