/**
 * Who is there: pings and their answers.
 *
 * @module
 */
import { acknowledge } from "./event_log.ts";
import { send } from "./outbox.ts";
import type { Connected, JoinedSession } from "./session.ts";
import type { Step } from "./state.ts";

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
  { now, effects }: Step,
  session: JoinedSession,
  presence: Connected,
  { ping, ack }: Pong,
): boolean {
  if (ping > presence.lastPing || ack > session.seq) return false;
  acknowledge(session, ack);
  const { timed } = presence;
  if (timed === null || ping < timed.ping) return true;
  presence.timed = null;
  if (ping !== timed.ping) return true;
  session.roundTripMs = Math.round(now - timed.sentAt);
  effects.push({ type: "roundTrip", ms: session.roundTripMs });
  return true;
}

/** Tells the client at the same time how long the last round trip was (HB4). */
export function ping(
  step: Step,
  { roundTripMs }: JoinedSession,
  presence: Connected,
): void {
  presence.lastPing += 1;
  presence.nextPingAt = step.now + step.state.policy.pingIntervalMs;
  presence.timed ??= { ping: presence.lastPing, sentAt: step.now };
  const params = roundTripMs === null ? "" : `"roundTripMs":${roundTripMs}`;
  const text =
    `{"jsonrpc":"2.0","id":${presence.lastPing},"method":"ping","params":{${params}}}`;
  send(step, presence.connection, text);
}
