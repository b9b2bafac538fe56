/**
 * How a session goes on, on another connection.
 *
 * @module
 */
import { encodeResult, type ResumeResult } from "../../protocol/mod.ts";
import { takeToken } from "./access/grants.ts";
import { refusalOf } from "./access/refresh.ts";
import { announce, who } from "./announce.ts";
import { type Refusal, refusal, sessionOver } from "./answer.ts";
import {
  acknowledge,
  append,
  eventsAfter,
  lastShared,
  messagesOf,
} from "./event_log.ts";
import type { ConnectionId, ResumeAdmission } from "./input.ts";
import { carriedIds } from "./media/carried.ts";
import { advise, collectEvidence } from "./media/evidence.ts";
import { idsOf } from "./media/owned.ts";
import { sendEvent, sendKept, tellOthers, turnAway } from "./outbox.ts";
import { noteResumed } from "./recovery.ts";
import { doubt, doubtful } from "./request_log.ts";
import { participantInfo, participants } from "./roster.ts";
import { checkSecret, rotate } from "./secrets.ts";
import {
  connectedOn,
  type JoinedSession,
  lineOf,
  type Resuming,
} from "./session.ts";
import { setAlarm } from "./session_clock.ts";
import { joined, type RoomState, type Step } from "./state.ts";

/** Milliseconds that the SFU has to say how transports are. */
const EVIDENCE_LIMIT_MS = 300;
/** Events by which a client may be ahead of what was kept. */
const MAX_AHEAD = 1_000_000;
/** No acknowledgement is less than 0, so that no event can go on from here. */
const NOTHING_KNOWN = -1;

export function resume(
  step: Step,
  connection: ConnectionId,
  admission: ResumeAdmission,
): void {
  const session = joined(step.state, admission.sessionId);
  const refused = session
    ? findRefusal(step, session, connection, admission)
    : over(step, admission);
  if (refused) return turnAway(step, connection, admission.id, refused);
  if (session) moveTo(step, session, connection, admission);
}

/** For a session that is not there, and will not be. */
function over(
  { state }: Step,
  { sessionId, reasonIfUnknown }: ResumeAdmission,
): Refusal {
  return sessionOver(state.ended.get(sessionId) ?? reasonIfUnknown);
}

function findRefusal(
  step: Step,
  session: JoinedSession,
  connection: ConnectionId,
  admission: ResumeAdmission,
): Refusal | undefined {
  const { credentials } = session;
  const { attempt = Infinity, secretHash, guessWaitMs } = admission;
  const refused = checkSecret(step, credentials, secretHash, guessWaitMs);
  if (refused) {
    step.effects.push({ type: "wrongSecret", connection });
    return refused;
  }
  if (attempt <= credentials.attempt) {
    return refusal("cancelled", "a later resume came first");
  }
  return checkToken(step, session, admission);
}

/** Else a token has done its work with the join (RS8). */
function checkToken(
  { state: { policy } }: Step,
  session: JoinedSession,
  { token }: ResumeAdmission,
): Refusal | undefined {
  if (!policy.requireTokenOnResume) return;
  if (token === undefined) return refusal("tokenInvalid", "there is none");
  return refusalOf(session, token);
}

/** One that ends earlier than the last one may say what does not hold any more. */
function takeLater(
  step: Step,
  session: JoinedSession,
  { token }: ResumeAdmission,
): void {
  if (!token?.ok || refusalOf(session, token)) return;
  const isLater = token.claims.expiresAt > session.access.expiresAt;
  if (isLater) takeToken(step, session, token.claims);
}

/** Whatever the old connection says from now on is nobody's word. */
function moveTo(
  step: Step,
  session: JoinedSession,
  connection: ConnectionId,
  admission: ResumeAdmission,
): void {
  const { state, now } = step;
  const { id, attempt, secretHash, next, iceServers } = admission;
  const { credentials } = session;
  const { presence: { heardAt }, requests } = session;
  if (requests) doubt(requests, doubtful(requests, heardAt, state.policy), now);
  leaveLine(step, session);
  rotate(credentials, secretHash, next.hash);
  credentials.attempt = attempt ?? credentials.attempt;
  state.connections.set(connection, session.id);
  const resuming: Resuming = {
    state: "resuming",
    connection,
    invalidFrames: 0,
    requestId: id,
    heardAt: now,
    ack: agree(session, admission),
    isFromBefore: (admission.epoch ?? state.epoch) !== state.epoch,
    secret: next.plain,
    iceServers,
    evidence: collectEvidence(step, session, connection),
    until: now + EVIDENCE_LIMIT_MS,
  };
  session.presence = resuming;
  // What it changes is told after the answer, as all that was missed.
  takeLater(step, session, admission);
  if (resuming.evidence.unknown.size > 0) return setAlarm(state, session);
  answerResume(step, session, resuming);
}

/**
 * From where on the client is told what it has missed. What it has handled and
 * nobody knows of any more leads to a snapshot, with a number that is new to it.
 */
function agree(
  session: JoinedSession,
  { ack, epoch = Infinity }: ResumeAdmission,
): number {
  const { forks, seq } = session;
  session.forks = forks.filter((fork) => fork.epoch > epoch);
  const shared = lastShared(forks, epoch, ack);
  if (shared === undefined) return ack;
  acknowledge(session, shared);
  if (ack - seq <= MAX_AHEAD) session.seq = Math.max(seq, ack);
  return NOTHING_KNOWN;
}

export function leaveLine(
  { state, effects }: Step,
  session: JoinedSession,
): void {
  const line = lineOf(session);
  if (line === null) return;
  const { connection } = line;
  state.connections.delete(connection);
  effects.push({ type: "close", connection, code: "resumed" });
}

/** Answers, tells what was missed, and tells the others that it is back. */
export function answerResume(
  step: Step,
  session: JoinedSession,
  resuming: Resuming,
): void {
  const { state, now } = step;
  const { connection, requestId, ack, secret, iceServers, evidence } = resuming;
  const { epoch, policy } = state;
  const wasLost = noteResumed(step, session);
  const missed = eventsAfter(session, ack);
  const said = ack === NOTHING_KNOWN ? messagesOf(session) : [];
  session.presence = connectedOn(connection, now, policy.pingIntervalMs);
  session.renewIceAt = iceServers.renewAt;
  acknowledge(session, missed === null ? session.seq : ack);
  const result: ResumeResult = {
    epoch,
    secret,
    grants: session.access.grants,
    tokenExpiresAt: session.access.expiresAt,
    seq: missed === null ? session.seq : ack,
    ...(missed === null && { snapshot: snapshotOf(state) }),
    transports: advise(session, evidence),
    open: openIds(session),
    ...(resuming.isFromBefore && { self: participantInfo(state, session) }),
    iceServers: iceServers.servers,
    policy,
  };
  sendKept(step, connection, encodeResult(requestId, result));
  missed?.forEach((body, index) =>
    sendEvent(step, session, body, ack + 1 + index)
  );
  for (const body of said) {
    append(session, body, policy);
    sendEvent(step, session, body, session.seq);
  }
  if (wasLost) tellReturn(step, session);
  setAlarm(state, session);
}

const openIds = (session: JoinedSession): string[] => [
  ...carriedIds(session),
  ...idsOf(session, ["consumers", "dataConsumers"]),
];

const snapshotOf = (
  state: RoomState,
): NonNullable<ResumeResult["snapshot"]> => ({
  participants: participants(state),
  ...(state.router.state === "ready" && {
    routerRtpCapabilities: state.router.rtpCapabilities,
  }),
});

export function tellReturn(step: Step, session: JoinedSession): void {
  const { id: sessionId } = session;
  tellOthers(step, sessionId, "participantReconnected", { sessionId });
  announce(step, { type: "participantReconnected", ...who(session) });
}
