/**
 * How participants come in.
 *
 * @module
 */
import {
  encodeResult,
  type JoinResult,
  type RtpCapabilities,
} from "../../protocol/mod.ts";
import { announce, who } from "./announce.ts";
import { mediaServerUnavailable, type Refusal, refusal } from "./answer.ts";
import { isBanned } from "./bans.ts";
import { jsonFits } from "./bytes.ts";
import { endSession } from "./end.ts";
import { acknowledge } from "./event_log.ts";
import type { ConnectionId, JoinAdmission } from "./input.ts";
import { sendKept, tellOthers, turnAway } from "./outbox.ts";
import { noteResumed } from "./recovery.ts";
import { leaveLine, tellReturn } from "./resume.ts";
import { participantInfo, participants } from "./roster.ts";
import {
  connectedOn,
  enter,
  type JoinedSession,
  type JoiningSession,
  type Session,
} from "./session.ts";
import { setAlarm } from "./session_clock.ts";
import { joined, type RoomState, type Step } from "./state.ts";

/** Lets a participant in, now or when the router is there, or turns it away. */
export function join(
  step: Step,
  connection: ConnectionId,
  admission: JoinAdmission,
): void {
  const { state } = step;
  const former = joined(state, admission.sessionId);
  if (former) return letInAgain(step, former, connection, admission);
  const same = sessionsOf(state, admission.claims.identity);
  const refused = findRefusal(step, admission, same);
  if (refused) return turnAway(step, connection, admission.id, refused);
  if (state.policy.duplicateIdentity === "replace") {
    for (const old of same) endSession(step, old, "duplicateIdentity");
  }
  const session = joining(connection, admission);
  state.sessions.set(session.id, session);
  state.connections.set(connection, session.id);
  state.emptyAt = null;
  const { router } = state;
  if (router.state === "ready") welcome(step, session, router.rtpCapabilities);
}

/**
 * A former owner of the room has let it in, and nobody has heard so: whoever
 * asked for it asks again.
 */
function letInAgain(
  step: Step,
  session: JoinedSession,
  connection: ConnectionId,
  { id, secret, iceServers }: JoinAdmission,
): void {
  const { state, now } = step;
  const { router, policy } = state;
  if (router.state !== "ready") {
    return turnAway(step, connection, id, mediaServerUnavailable);
  }
  leaveLine(step, session);
  const wasLost = noteResumed(step, session);
  session.presence = connectedOn(connection, now, policy.pingIntervalMs);
  session.renewIceAt = iceServers.renewAt;
  acknowledge(session, session.seq);
  state.connections.set(connection, session.id);
  setAlarm(state, session);
  const asked = { connection, requestId: id, secret, iceServers };
  answer(step, session, asked, router.rtpCapabilities);
  if (wasLost) tellReturn(step, session);
}

/** The router is there: all who wait come in, in the order of their joins. */
export function welcomeWaiting(
  step: Step,
  rtpCapabilities: RtpCapabilities,
): void {
  for (const session of waiting(step.state)) {
    welcome(step, session, rtpCapabilities);
  }
}

/** There is no router: those who wait may try again, and make another attempt. */
export function turnWaitingAway(step: Step): void {
  const { state, now } = step;
  for (const session of waiting(state)) {
    const { id, connection, requestId } = session;
    state.sessions.delete(id);
    state.connections.delete(connection);
    turnAway(step, connection, requestId, mediaServerUnavailable);
  }
  if (state.sessions.size > 0) return;
  state.emptyAt ??= now + state.policy.emptyRoomMs;
}

const waiting = (state: RoomState): JoiningSession[] =>
  [...state.sessions.values()].filter((session) => session.state === "joining");

const sessionsOf = (state: RoomState, identity: string): Session[] =>
  [...state.sessions.values()].filter((session) =>
    session.identity === identity
  );

function findRefusal(
  { state, now }: Step,
  admission: JoinAdmission,
  same: readonly Session[],
): Refusal | undefined {
  const { policy, sessions, router, sfu } = state;
  const { identity, grants } = admission.claims;
  if (!grants.join) return refusal("tokenGrantsInvalid");
  if (isBanned(state, identity, now)) {
    return refusal("participantRemoved", "for some time");
  }
  if (!jsonFits(metadataOf(admission), policy.maxMetadataBytes)) {
    return refusal("metadataTooLarge", `${policy.maxMetadataBytes} bytes`);
  }
  if (same.length > 0 && policy.duplicateIdentity === "reject") {
    return refusal("duplicateIdentity");
  }
  const replaced = policy.duplicateIdentity === "replace" ? same.length : 0;
  if (sessions.size - replaced >= policy.maxParticipants) {
    return refusal("roomFull", `${policy.maxParticipants} participants`);
  }
  if (sfu === "down" && (router.state === "none" || router.state === "lost")) {
    return mediaServerUnavailable;
  }
}

/** What a client says of itself counts where it may change it. */
const saidBy = ({ params, claims }: JoinAdmission) =>
  claims.grants.updateMetadata ? params : {};

function metadataOf(admission: JoinAdmission): unknown {
  const { metadata = admission.claims.metadata } = saidBy(admission);
  return metadata;
}

function joining(
  connection: ConnectionId,
  admission: JoinAdmission,
): JoiningSession {
  const { id, claims, sessionId, secret, iceServers } = admission;
  const { grants, expiresAt } = claims;
  return {
    state: "joining",
    id: sessionId,
    identity: claims.identity,
    name: saidBy(admission).name ?? claims.name ?? claims.identity,
    metadata: metadataOf(admission),
    workedOffAt: 0,
    connection,
    invalidFrames: 0,
    requestId: id,
    secret,
    rights: { grants, expiresAt },
    iceServers,
  };
}

function welcome(
  step: Step,
  joining: JoiningSession,
  routerRtpCapabilities: RtpCapabilities,
): void {
  const { state, now } = step;
  const session = enter(joining, now, state.policy);
  const { name, metadata } = session;
  state.sessions.set(session.id, session);
  setAlarm(state, session);
  answer(step, session, joining, routerRtpCapabilities);
  tellOthers(step, session.id, "participantConnected", {
    participant: participantInfo(state, session),
  });
  announce(step, {
    type: "participantJoined",
    ...who(session),
    name,
    ...(metadata !== undefined && { metadata }),
  });
}

type Asked = Pick<
  JoiningSession,
  "connection" | "requestId" | "secret" | "iceServers"
>;

function answer(
  step: Step,
  { id: sessionId, identity, access, seq }: JoinedSession,
  { connection, requestId, secret, iceServers }: Asked,
  routerRtpCapabilities: RtpCapabilities,
): void {
  const { state } = step;
  const { epoch, policy } = state;
  const result: JoinResult = {
    epoch,
    sessionId,
    secret: secret.plain,
    identity,
    grants: access.grants,
    tokenExpiresAt: access.expiresAt,
    seq,
    participants: participants(state),
    routerRtpCapabilities,
    iceServers: iceServers.servers,
    policy,
  };
  sendKept(step, connection, encodeResult(requestId, result));
}
