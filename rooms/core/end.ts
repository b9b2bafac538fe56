/**
 * The one way on which sessions and the room end.
 *
 * @module
 */
import type { CloseName, EndReason, ErrorName } from "../../protocol/mod.ts";
import { announce, who } from "./announce.ts";
import { refusal, sessionOver } from "./answer.ts";
import { bansOf } from "./bans.ts";
import { closeInSfu } from "./media/closing.ts";
import { announceRemoval } from "./media/producers.ts";
import { closeMedia } from "./media/transports.ts";
import { refuse, tell, tellOthers } from "./outbox.ts";
import { endIncident } from "./recovery.ts";
import { type JoinedSession, lineOf, type Session } from "./session.ts";
import type { RoomState, Router, Step } from "./state.ts";

/** A room that can say so has not crashed. */
type Reason = Exclude<EndReason, "nodeCrashed">;

const closeNames = {
  left: "left",
  networkDisconnect: "timeout",
  duplicateIdentity: "duplicateIdentity",
  removed: "removed",
  roomClosed: "roomClosed",
  serverShutdown: "goingAway",
  protocolError: "protocolError",
} as const satisfies Record<Reason, CloseName>;

/** What a `join` is answered that was still waiting. */
const joinErrors = {
  left: "cancelled",
  networkDisconnect: "signalingLost",
  duplicateIdentity: "duplicateIdentity",
  removed: "participantRemoved",
  roomClosed: "roomEnded",
  serverShutdown: "busy",
  protocolError: "invalidRequest",
} as const satisfies Record<Reason, ErrorName>;

/** Of how many sessions that have ended the room remembers why. */
const MAX_ENDED = 64;

/**
 * Ends a session: it is told and its connection closed, its media closes, and
 * the others learn first what is gone with it, then that it is gone.
 */
export function endSession(
  step: Step,
  session: Session,
  reason: Reason,
  code: CloseName = closeNames[reason],
): void {
  const { state, now } = step;
  state.sessions.delete(session.id);
  dismiss(step, session, reason, code);
  if (session.state === "joined") {
    remember(state, session, reason);
    closeMedia(step, session);
    tellOthers(step, session.id, "participantDisconnected", {
      sessionId: session.id,
      reason,
    });
  }
  if (state.sessions.size === 0) state.emptyAt = now + state.policy.emptyRoomMs;
}

/** Ends all sessions, none of which hears of the others' ends, and the room. */
export function endRoom(step: Step, reason: Reason | "empty"): void {
  const { state, effects } = step;
  const { router } = state;
  if (reason !== "empty") {
    for (const session of state.sessions.values()) {
      dismiss(step, session, reason, closeNames[reason]);
    }
  }
  state.phase = "ended";
  if (router.state === "ready") {
    closeInSfu(step, "closeRouter", { routerId: router.id });
  }
  if (hasStarted(router)) {
    announce(step, { type: "roomEnded", reason });
  }
  const bans = bansOf(state, step.now);
  effects.push({ type: "end", ...(bans.length > 0 && { bans }) });
}

const hasStarted = (router: Router): boolean =>
  router.state === "creating"
    ? router.replaces !== null
    : router.state !== "none";

function dismiss(
  step: Step,
  session: Session,
  reason: Reason,
  code: CloseName,
): void {
  const { state, effects } = step;
  if (session.state === "joined") announceEnd(step, session, reason);
  const connection = lineOf(session)?.connection;
  // Closed by the other side, it hears nothing more.
  if (!connection || !state.connections.delete(connection)) return;
  tellEnd(step, session, reason);
  effects.push({ type: "close", connection, code });
}

function announceEnd(
  step: Step,
  session: JoinedSession,
  reason: Reason,
): void {
  endIncident(step, session, reason);
  for (const { info } of session.media?.producers.values() ?? []) {
    announceRemoval(step, session, info, "sessionEnded");
  }
  const { roundTripMs } = session;
  const type = "participantLeft";
  announce(step, { type, ...who(session), reason, roundTripMs });
}

/** Answers a first message that still waits, too. */
function tellEnd(step: Step, session: Session, reason: Reason): void {
  if (session.state === "joining") {
    const { connection, requestId } = session;
    return refuse(step, connection, requestId, refusal(joinErrors[reason]));
  }
  const { presence } = session;
  if (presence.state === "resuming") {
    const { connection, requestId } = presence;
    return refuse(step, connection, requestId, sessionOver(reason));
  }
  tell(step, session, "sessionEnded", { reason });
}

/** What a client that tries to resume is told; by default, that it was lost. */
function remember(
  { ended }: RoomState,
  { id }: JoinedSession,
  reason: Reason,
): void {
  if (reason === "networkDisconnect") return;
  ended.set(id, reason);
  const [oldest] = ended.keys();
  if (ended.size > MAX_ENDED && oldest !== undefined) ended.delete(oldest);
}
