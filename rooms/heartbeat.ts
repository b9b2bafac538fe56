/**
 * Who is there: pings, their answers, and the end of those from whom nothing
 * is heard.
 *
 * @module
 */
import { encodeRequest, type Policy } from "../protocol/mod.ts";
import { popDue, push } from "./agenda.ts";
import { endSession } from "./end.ts";
import { send } from "./outbox.ts";
import type { ConnectedSession } from "./session.ts";
import type { Step } from "./state.ts";

/**
 * Milliseconds by which an input may come late before the room concludes that
 * it was itself asleep: less is ordinary load, and must not delay evictions.
 */
const STALL_MS = 200;

export type Pong = { readonly ping: number; readonly ack: number };

const PONG =
  /^\{"jsonrpc":"2\.0","id":([1-9]\d{0,14}),"result":\{"ack":(0|[1-9]\d{0,14})\}\}$/;

/**
 * Reads a pong as clients write it. By far the most frames are pongs, and this
 * spares them the parser; one that is written otherwise is parsed like the rest.
 */
export function readPong(text: string): Pong | null {
  const match = PONG.exec(text);
  return match && { ping: Number(match[1]), ack: Number(match[2]) };
}

/** False when it answers no ping, or acknowledges what was never told. */
export function handlePong(
  { now }: Step,
  session: ConnectedSession,
  { ping, ack }: Pong,
): boolean {
  const { heartbeat } = session;
  if (ping > heartbeat.lastPing || ack > session.seq) return false;
  session.acked = Math.max(session.acked, ack);
  const { timed } = heartbeat;
  if (timed === null || ping < timed.ping) return true;
  if (ping === timed.ping) heartbeat.roundTripMs = now - timed.sentAt;
  heartbeat.timed = null;
  return true;
}

/** Looks after the sessions whose time has come. */
export function watchSessions(step: Step): void {
  const { state, now } = step;
  for (
    let alarm = popDue(state.agenda, now);
    alarm !== undefined;
    alarm = popDue(state.agenda, now)
  ) {
    const session = state.sessions.get(alarm.sessionId);
    if (session?.state === "connected") watch(step, session);
  }
}

/**
 * Puts the session's next clock on the agenda, where it has no entry at the
 * time. What is heard later only moves that clock back, so that the entry is at
 * worst early, and then renewed.
 */
export function setAlarm({ state }: Step, session: ConnectedSession): void {
  const at = clockOf(session, state.policy);
  push(state.agenda, { at, sessionId: session.id });
}

/**
 * A room that missed its deadline was asleep: what was sent to it meanwhile is
 * still on its way, so the time since it last listened counts for nobody.
 */
export function forgiveStall({ state, now }: Step, deadline: number): void {
  const { lastInputAt, sessions } = state;
  if (now - Math.max(lastInputAt, deadline) <= STALL_MS) return;
  for (const session of sessions.values()) {
    if (session.state !== "connected") continue;
    session.heartbeat.heardAt += now - lastInputAt;
  }
}

function clockOf({ heartbeat }: ConnectedSession, policy: Policy): number {
  return Math.min(heartbeat.nextPingAt, heartbeat.heardAt + policy.timeoutMs);
}

function watch(step: Step, session: ConnectedSession): void {
  const { heartbeat } = session;
  if (step.now >= heartbeat.heardAt + step.state.policy.timeoutMs) {
    return endSession(step, session, "networkDisconnect");
  }
  if (step.now >= heartbeat.nextPingAt) ping(step, session);
  setAlarm(step, session);
}

function ping(step: Step, { connection, heartbeat }: ConnectedSession): void {
  heartbeat.lastPing += 1;
  heartbeat.nextPingAt = step.now + step.state.policy.pingIntervalMs;
  heartbeat.timed ??= { ping: heartbeat.lastPing, sentAt: step.now };
  send(step, connection, encodeRequest(heartbeat.lastPing, "ping", {}));
}
