/**
 * What operators do to those who are in the room.
 *
 * @module
 */
import { changeGrants } from "../access/grants.ts";
import { jsonFits } from "../bytes.ts";
import { endSession } from "../end.ts";
import { tell, tellEach } from "../outbox.ts";
import { changeInfo } from "../roster.ts";
import type { JoinedSession } from "../session.ts";
import { setAlarm } from "../session_clock.ts";
import { joined, joinedSessions, type Step } from "../state.ts";
import { ban } from "./bans.ts";
import {
  type AdminCommand,
  type AdminOutcome,
  done,
  refused,
} from "./command.ts";

type Command<T extends AdminCommand["type"]> = Extract<
  AdminCommand,
  { type: T }
>;

/** Milliseconds that a client has to go where it was told to. */
const MOVE_LIMIT_MS = 30_000;

export const noSuchParticipant = refused("noSuchParticipant");

/** Also of one that still waits to come in. */
export function removeParticipant(
  step: Step,
  { sessionId, banMs }: Command<"removeParticipant">,
): AdminOutcome {
  const session = step.state.sessions.get(sessionId);
  if (!session) return noSuchParticipant;
  if (banMs !== undefined) return ban(step, session.identity, banMs);
  endSession(step, session, "removed");
  return done;
}

export function updateParticipant(
  step: Step,
  { sessionId, grants, name, metadata }: Command<"updateParticipant">,
): AdminOutcome {
  const { state } = step;
  const session = joined(state, sessionId);
  if (!session) return noSuchParticipant;
  const { maxMetadataBytes } = state.policy;
  if (!jsonFits(metadata, maxMetadataBytes)) {
    return refused("metadataTooLarge", `${maxMetadataBytes} bytes`);
  }
  if (name !== undefined || metadata !== undefined) {
    changeInfo(step, session, { name, metadata });
    tellOwner(step, session);
  }
  if (grants) changeGrants(step, session, grants);
  return done;
}

/** It was not the participant's doing. */
function tellOwner(step: Step, session: JoinedSession): void {
  const { id: sessionId, name, metadata } = session;
  const params = { sessionId, name, metadata };
  tell(step, session, "participantUpdated", params);
}

/** Whoever does not go by itself is removed. */
export function moveParticipant(
  step: Step,
  { sessionId, room, token }: Command<"moveParticipant">,
): AdminOutcome {
  const { state, now } = step;
  const session = joined(state, sessionId);
  if (!session) return noSuchParticipant;
  if (room === state.name) return refused("sameRoom");
  tell(step, session, "moved", { room, token });
  session.goneBy = now + MOVE_LIMIT_MS;
  setAlarm(state, session);
  return done;
}

export function watchMove(step: Step, session: JoinedSession): void {
  if (step.now < (session.goneBy ?? Infinity)) return;
  endSession(step, session, "removed");
}

/** Reaches all of those it names, or none. */
export function sendServiceMessage(
  step: Step,
  { to, topic, body }: Command<"sendMessage">,
): AdminOutcome {
  const { state } = step;
  const { maxMessageBytes } = state.policy;
  if (!jsonFits(body, maxMessageBytes)) {
    return refused("messageTooLarge", `${maxMessageBytes} bytes`);
  }
  const receivers = new Set<JoinedSession>();
  for (const id of to ?? []) {
    const receiver = joined(state, id);
    if (!receiver) return refused("noSuchParticipant", id);
    receivers.add(receiver);
  }
  const everybody = to === undefined ? joinedSessions(state) : receivers;
  tellEach(step, everybody, "message", { from: null, topic, body });
  return done;
}
