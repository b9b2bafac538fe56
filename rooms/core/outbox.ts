/**
 * All that a room says to its clients.
 *
 * @module
 */
import {
  encodeError,
  encodeNotification,
  encodeResult,
  errorObject,
  type EventName,
  type EventParams,
  type HintName,
  type HintParams,
  type Method,
} from "../../protocol/mod.ts";
import type { Answer, Refusal } from "./answer.ts";
import { byteLength } from "./bytes.ts";
import { append, type Body } from "./event_log.ts";
import type { ConnectionId, SessionId } from "./input.ts";
import { close } from "./request_log.ts";
import type { JoinedSession } from "./session.ts";
import { joinedSessions, type Step } from "./state.ts";

export function send(
  step: Step,
  connection: ConnectionId,
  text: string,
): void {
  step.effects.push({ type: "send", connection, text });
}

/** The same, once it is kept what the client will rely on (HO2). */
export function sendKept(
  step: Step,
  connection: ConnectionId,
  text: string,
): void {
  step.effects.push({ type: "send", connection, text, whenKept: true });
}

export function refuse(
  step: Step,
  connection: ConnectionId,
  id: number | null,
  refused: Refusal,
): void {
  send(step, connection, refusalText(id, refused));
}

/** Answers a first message with an error, and closes the connection. */
export function turnAway(
  step: Step,
  connection: ConnectionId,
  id: number,
  refused: Refusal,
): void {
  refuse(step, connection, id, refused);
  const code = refused.retryAfterMs === undefined
    ? "joinRejected"
    : "tryAgainLater";
  step.effects.push({ type: "close", connection, code });
}

/**
 * Answers a request, and keeps the answer. It is sent only where it was asked
 * last: from another connection, the client will ask again.
 * `lasting`: what it says is to outlive the process (HO2).
 */
export function respond(
  step: Step,
  session: JoinedSession,
  id: number,
  given: Answer<Method>,
  effect: "lasting" | "passing" = "lasting",
): void {
  const { requests, presence } = session;
  if (given.type === "deferred" || requests === null) return;
  const text = given.type === "result"
    ? encodeResult(id, given.result)
    : refusalText(id, given);
  const connection = close(requests, id, text, step.now);
  if (presence.state !== "connected") return;
  if (presence.connection !== connection) return;
  const isLasting = effect === "lasting" && given.type === "result";
  if (isLasting) sendKept(step, connection, text);
  else send(step, connection, text);
}

function refusalText(
  id: number | null,
  { error, detail, retryAfterMs, reason, fatal }: Refusal,
): string {
  const extras = {
    ...(fatal !== undefined && { fatal }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(reason !== undefined && { reason }),
  };
  return encodeError(id, errorObject(error, detail, extras));
}

function encodeEvent<E extends EventName>(
  event: E,
  params: EventParams<E>,
): Body {
  const head = `{"jsonrpc":"2.0","method":"${event}","params":{"seq":`;
  const rest = JSON.stringify(params).slice(1);
  const tail = rest === "}" ? "}}" : `,${rest}}`;
  return { head, tail, bytes: byteLength(head) + byteLength(tail) };
}

function deliver(step: Step, session: JoinedSession, body: Body): void {
  append(session, body, step.state.policy);
  sendEvent(step, session, body, session.seq);
}

/** One who is away finds it in the log on coming back. */
export function sendEvent(
  step: Step,
  { presence }: JoinedSession,
  { head, tail }: Body,
  seq: number,
): void {
  if (presence.state !== "connected") return;
  send(step, presence.connection, head + seq + tail);
}

export function tell<E extends EventName>(
  step: Step,
  session: JoinedSession,
  event: E,
  params: EventParams<E>,
): void {
  deliver(step, session, encodeEvent(event, params));
}

/** Tells many at the cost of one: the body is written once. */
export function tellEach<E extends EventName>(
  step: Step,
  sessions: Iterable<JoinedSession>,
  event: E,
  params: EventParams<E>,
): void {
  const body = encodeEvent(event, params);
  for (const session of sessions) deliver(step, session, body);
}

/** Tells everybody but `except`, who did it or is the one it is about. */
export function tellOthers<E extends EventName>(
  step: Step,
  except: SessionId,
  event: E,
  params: EventParams<E>,
): void {
  const body = encodeEvent(event, params);
  for (const session of joinedSessions(step.state)) {
    if (session.id !== except) deliver(step, session, body);
  }
}

/** Hints are not kept for those who are away. */
export function hint<H extends HintName>(
  step: Step,
  { presence }: JoinedSession,
  name: H,
  params: HintParams<H>,
): void {
  if (presence.state !== "connected") return;
  send(step, presence.connection, encodeNotification(name, params));
}

export function hintAll<H extends HintName>(
  step: Step,
  name: H,
  params: HintParams<H>,
): void {
  const text = encodeNotification(name, params);
  for (const { presence } of joinedSessions(step.state)) {
    if (presence.state === "connected") send(step, presence.connection, text);
  }
}
