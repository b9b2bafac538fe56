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
import type { Answer, Refusal } from "./handler.ts";
import type { ConnectionId, SessionId } from "./input.ts";
import type { ConnectedSession } from "./session.ts";
import type { Step } from "./state.ts";

export function send(
  step: Step,
  connection: ConnectionId,
  text: string,
): void {
  step.effects.push({ type: "send", connection, text });
}

export function answer(
  step: Step,
  session: ConnectedSession,
  id: number,
  result: unknown,
): void {
  send(step, session.connection, encodeResult(id, result));
}

export function refuse(
  step: Step,
  connection: ConnectionId,
  id: number | null,
  { error, detail, retryAfterMs }: Refusal,
): void {
  const object = errorObject(error, detail, retryAfterMs);
  send(step, connection, encodeError(id, object));
}

export function respond(
  step: Step,
  session: ConnectedSession,
  id: number,
  given: Answer<Method>,
): void {
  if (given.type === "result") answer(step, session, id, given.result);
  if (given.type === "refusal") refuse(step, session.connection, id, given);
}

/** An event but for its number, which differs from receiver to receiver. */
type Body = { readonly head: string; readonly tail: string };

function encodeEvent<E extends EventName>(
  event: E,
  params: EventParams<E>,
): Body {
  return {
    head: `{"jsonrpc":"2.0","method":"${event}","params":{"seq":`,
    tail: `,${JSON.stringify(params).slice(1)}}`,
  };
}

function deliver(
  step: Step,
  session: ConnectedSession,
  { head, tail }: Body,
): void {
  session.seq += 1;
  send(step, session.connection, head + session.seq + tail);
}

export function tell<E extends EventName>(
  step: Step,
  session: ConnectedSession,
  event: E,
  params: EventParams<E>,
): void {
  deliver(step, session, encodeEvent(event, params));
}

/** Tells many at the cost of one: the body is written once. */
export function tellEach<E extends EventName>(
  step: Step,
  sessions: Iterable<ConnectedSession>,
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
  for (const session of step.state.sessions.values()) {
    if (session.state !== "connected" || session.id === except) continue;
    deliver(step, session, body);
  }
}

export function hint<H extends HintName>(
  step: Step,
  session: ConnectedSession,
  name: H,
  params: HintParams<H>,
): void {
  send(step, session.connection, encodeNotification(name, params));
}

export function hintAll<H extends HintName>(
  step: Step,
  name: H,
  params: HintParams<H>,
): void {
  const text = encodeNotification(name, params);
  for (const session of step.state.sessions.values()) {
    if (session.state === "connected") send(step, session.connection, text);
  }
}
