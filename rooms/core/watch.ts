/**
 * What is due in the sessions.
 *
 * @module
 */
import { watchToken, watchVerifying } from "./access/refresh.ts";
import { watchMove } from "./admin/participants.ts";
import { popDue } from "./agenda.ts";
import { endSession } from "./end.ts";
import { ping } from "./heartbeat.ts";
import { renewIceServers } from "./ice_servers.ts";
import { loseSession } from "./lose.ts";
import { watchDtls } from "./media/dtls.ts";
import { watchRebuild } from "./media/lost.ts";
import { watchReport } from "./recovery.ts";
import { answerResume } from "./resume.ts";
import type { JoinedSession } from "./session.ts";
import { setAlarm } from "./session_clock.ts";
import { joined, type Step } from "./state.ts";

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
