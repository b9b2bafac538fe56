/**
 * The one way on which a session loses its connection and is held for a while.
 *
 * @module
 */
import { announce, who } from "./announce.ts";
import { endSession } from "./end.ts";
import { measureLoss } from "./media/evidence.ts";
import { tellOthers } from "./outbox.ts";
import { beginIncident } from "./recovery.ts";
import type { JoinedSession, LossTrigger, Reconnecting } from "./session.ts";
import { setAlarm } from "./session_clock.ts";
import type { Step } from "./state.ts";

/** Holds the session's place until its grace is over, which the others are told. */
export function loseSession(
  step: Step,
  session: JoinedSession,
  trigger: LossTrigger,
): void {
  const { state, effects, now } = step;
  const { presence } = session;
  if (presence.state === "reconnecting") return;
  const { connection, heardAt } = presence;
  const isOpen = state.connections.delete(connection);
  if (isOpen) effects.push({ type: "close", connection, code: "timeout" });
  const graceUntil = Math.ceil(heardAt + state.policy.evictAfterMs);
  beginIncident(step, session, trigger, heardAt);
  hold(step, session, { state: "reconnecting", heardAt, graceUntil });
  measureLoss(step, session);
  if (now >= graceUntil) endSession(step, session, "networkDisconnect");
}

/** Tells the others, too, when a grace that they know of becomes longer. */
export function hold(
  step: Step,
  session: JoinedSession,
  presence: Reconnecting,
): void {
  const sessionId = session.id;
  const { graceUntil } = presence;
  const graceMs = Math.max(0, Math.ceil(graceUntil - step.now));
  session.presence = presence;
  tellOthers(step, sessionId, "participantReconnecting", {
    sessionId,
    graceUntil,
    graceMs,
  });
  announce(step, { type: "participantReconnecting", ...who(session), graceMs });
  setAlarm(step.state, session);
}
