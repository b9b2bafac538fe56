/**
 * The clocks of the sessions: when each wants to be looked at, and what is due.
 *
 * @module
 */
import {
  verifyDeadline,
  watchToken,
  watchVerifying,
} from "./access/refresh.ts";
import { goneByDeadline, watchMove } from "./admin/participants.ts";
import { popDue, push } from "./agenda.ts";
import { endSession } from "./end.ts";
import { ping } from "./heartbeat.ts";
import { renewIceServers } from "./ice_servers.ts";
import { loseSession } from "./lose.ts";
import { nextDtlsDeadline, watchDtls } from "./media/dtls.ts";
import { rebuildDeadline, watchRebuild } from "./media/lost.ts";
import { reportDeadline, watchReport } from "./recovery.ts";
import { answerResume } from "./resume.ts";
import type { JoinedSession } from "./session.ts";
import { joined, type RoomState, type Step } from "./state.ts";

/** Looks after the sessions whose time has come. */
export function watchSessions(step: Step): void {
  const { state, now } = step;
  for (
    let alarm = popDue(state.agenda, now);
    alarm !== undefined;
    alarm = popDue(state.agenda, now)
  ) {
    const session = joined(state, alarm.sessionId);
    if (session?.wakeAt !== alarm.at) continue;
    session.wakeAt = null;
    watch(step, session);
    if (state.sessions.has(session.id)) setAlarm(state, session);
  }
}

/**
 * Puts the session's next clock on the agenda. What is heard later only moves
 * that clock back, so that an entry is at worst early, and then renewed.
 */
export function setAlarm(state: RoomState, session: JoinedSession): void {
  // What is due already is due now, and nothing was missed.
  const at = Math.max(clockOf(state, session), state.lastInputAt);
  if (session.wakeAt !== null && session.wakeAt <= at) return;
  session.wakeAt = at;
  push(state.agenda, { at, sessionId: session.id });
}

function clockOf({ policy }: RoomState, session: JoinedSession): number {
  const { presence } = session;
  const others = Math.min(
    nextDtlsDeadline(session),
    rebuildDeadline(session),
    reportDeadline(session),
    verifyDeadline(session),
    goneByDeadline(session),
  );
  switch (presence.state) {
    case "connected": {
      const silentAt = presence.heardAt + policy.timeoutMs;
      const renewIceAt = session.renewIceAt ?? Infinity;
      const { askAt } = session.access;
      return Math.min(
        presence.nextPingAt,
        silentAt,
        renewIceAt,
        askAt,
        others,
      );
    }
    case "reconnecting":
      return Math.min(presence.graceUntil, others);
    case "resuming":
      return Math.min(presence.until, others);
  }
}

function watch(step: Step, session: JoinedSession): void {
  watchPresence(step, session);
  watchDtls(step, session);
  watchReport(step, session);
  if (!step.state.sessions.has(session.id)) return;
  watchRebuild(step, session);
  watchVerifying(step, session);
  watchMove(step, session);
}

function watchPresence(step: Step, session: JoinedSession): void {
  const { presence } = session;
  const { state: { policy }, now } = step;
  switch (presence.state) {
    case "connected":
      if (now >= presence.heardAt + policy.timeoutMs) {
        return loseSession(step, session, "silence");
      }
      if (now >= presence.nextPingAt) ping(step, session, presence);
      watchToken(step, session);
      if (now >= (session.renewIceAt ?? Infinity)) {
        renewIceServers(step, session);
      }
      return;
    case "reconnecting":
      if (now < presence.graceUntil) return;
      return endSession(step, session, "networkDisconnect");
    case "resuming":
      if (now >= presence.until) answerResume(step, session, presence);
  }
}
