/**
 * The clock of a session: when it wants to be looked at.
 *
 * @module
 */
import { push } from "./agenda.ts";
import { handshakeDeadline } from "./media/media.ts";
import type { JoinedSession } from "./session.ts";
import type { RoomState } from "./state.ts";

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

function clockOf(state: RoomState, session: JoinedSession): number {
  const { access, goneBy, incident, media } = session;
  let next = Math.min(
    presenceClock(state, session),
    access.verifying?.until ?? Infinity,
    goneBy ?? Infinity,
    incident?.resumed?.until ?? Infinity,
    media?.rebuildBy ?? Infinity,
  );
  for (const transport of media?.transports.values() ?? []) {
    next = Math.min(next, handshakeDeadline(transport));
  }
  return next;
}

function presenceClock(
  { policy }: RoomState,
  { presence, access, renewIceAt }: JoinedSession,
): number {
  switch (presence.state) {
    case "connected":
      return Math.min(
        presence.nextPingAt,
        presence.heardAt + policy.timeoutMs,
        renewIceAt ?? Infinity,
        access.askAt,
      );
    case "reconnecting":
      return presence.graceUntil;
    case "resuming":
      return presence.until;
  }
}
