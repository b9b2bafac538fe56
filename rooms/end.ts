/**
 * The one way on which sessions and the room end.
 *
 * @module
 */
import type { CloseName, EndReason, ErrorName } from "../protocol/mod.ts";
import { refusal } from "./handler.ts";
import { closeMedia } from "./media/transports.ts";
import { closeInSfu } from "./media/closing.ts";
import { refuse, tell, tellOthers } from "./outbox.ts";
import type { Session } from "./session.ts";
import type { Step } from "./state.ts";

const closeNames = {
  left: "left",
  networkDisconnect: "timeout",
  duplicateIdentity: "duplicateIdentity",
  removed: "removed",
  roomClosed: "roomClosed",
  mediaServerLost: "mediaServerLost",
  serverShutdown: "goingAway",
  protocolError: "protocolError",
} as const satisfies Record<EndReason, CloseName>;

/** What a `join` is answered that was still waiting. */
const joinErrors = {
  left: "cancelled",
  networkDisconnect: "signalingLost",
  duplicateIdentity: "duplicateIdentity",
  removed: "participantRemoved",
  roomClosed: "roomEnded",
  mediaServerLost: "mediaServerUnavailable",
  serverShutdown: "busy",
  protocolError: "invalidRequest",
} as const satisfies Record<EndReason, ErrorName>;

/**
 * Ends a session: it is told and its connection closed, its media closes, and
 * the others learn first what is gone with it, then that it is gone.
 */
export function endSession(
  step: Step,
  session: Session,
  reason: EndReason,
): void {
  const { state, now } = step;
  state.sessions.delete(session.id);
  dismiss(step, session, reason);
  if (session.state === "connected") {
    closeMedia(step, session);
    tellOthers(step, session.id, "participantDisconnected", {
      sessionId: session.id,
      reason,
    });
  }
  if (state.sessions.size === 0) state.emptyAt = now + state.policy.emptyRoomMs;
}

/** Ends all sessions, none of which hears of the others' ends, and the room. */
export function endRoom(step: Step, reason: EndReason | "empty"): void {
  const { state, effects } = step;
  const { router } = state;
  if (reason !== "empty") {
    for (const session of state.sessions.values()) {
      dismiss(step, session, reason);
    }
  }
  state.phase = "ended";
  if (router.state === "ready") {
    closeInSfu(step, "closeRouter", { routerId: router.id });
  }
  if (router.state === "ready" || router.state === "lost") {
    effects.push({
      type: "announce",
      announcement: { type: "roomEnded", reason },
    });
  }
  effects.push({ type: "end" });
}

function dismiss(step: Step, session: Session, reason: EndReason): void {
  const { state, effects } = step;
  if (session.state === "connected") {
    effects.push({
      type: "announce",
      announcement: { type: "participantLeft", sessionId: session.id, reason },
    });
  }
  const { connection } = session;
  // Closed by the other side, it hears nothing more.
  if (!state.connections.delete(connection)) return;
  if (session.state === "connected") {
    tell(step, session, "sessionEnded", { reason });
  } else {
    refuse(step, connection, session.requestId, refusal(joinErrors[reason]));
  }
  effects.push({ type: "close", connection, code: closeNames[reason] });
}
