/**
 * Credentials of TURN servers hold for a time. Who stays longer is told others
 * in time, so that an ICE restart finds some that hold.
 *
 * @module
 */
import type { IceServers, SessionId } from "./input.ts";
import { hint } from "./outbox.ts";
import type { JoinedSession } from "./session.ts";
import { setAlarm } from "./session_clock.ts";
import { joined, type Step } from "./state.ts";

export function renewIceServers(step: Step, session: JoinedSession): void {
  session.renewIceAt = null;
  step.effects.push({ type: "renewIceServers", sessionId: session.id });
}

/** Who is away meanwhile gets others with its resume. */
export function tellIceServers(
  step: Step,
  sessionId: SessionId,
  { servers, renewAt }: IceServers,
): void {
  const session = joined(step.state, sessionId);
  if (!session) return;
  session.renewIceAt = renewAt;
  hint(step, session, "iceServers", { iceServers: servers });
  setAlarm(step.state, session);
}
