/**
 * What clients can ask for, and who answers.
 *
 * @module
 */
import {
  describe,
  type Method,
  methods,
  type Params,
  type Request,
  type Result,
} from "../../protocol/mod.ts";
import { refreshToken } from "./access/refresh.ts";
import {
  type Answer,
  deferred,
  done,
  type Refusal,
  refusal,
} from "./answer.ts";
import { byteLength } from "./bytes.ts";
import { endSession } from "./end.ts";
import type { Asked, Handler } from "./handler.ts";
import type { ConnectionId } from "./input.ts";
import * as consumers from "./media/consumers.ts";
import * as data from "./media/data.ts";
import * as producers from "./media/producers.ts";
import { restartIce } from "./media/restart.ts";
import { reportMediaState } from "./media/state.ts";
import * as transports from "./media/transports.ts";
import { sendMessage } from "./messages.ts";
import { refuse, respond, send } from "./outbox.ts";
import { overflow, paceOf, pour } from "./pace.ts";
import { reportRecovery } from "./recovery.ts";
import { createRequestLog, open } from "./request_log.ts";
import { updateMetadata } from "./roster.ts";
import type { JoinedSession, Line, Session } from "./session.ts";
import type { RoomState, Step } from "./state.ts";

const leave: Handler<"leave"> = ({ step, session, id }) => {
  // The connection closes with the session, so the answer goes first.
  respond(step, session, id, done, "passing");
  endSession(step, session, "left");
  return deferred;
};

const handlers: { readonly [M in Method]: Handler<M> } = {
  join: () => refusal("alreadyJoined"),
  resume: () => refusal("alreadyJoined"),
  leave,
  refreshToken,
  updateMetadata,
  sendMessage,
  createWebRtcTransport: transports.createWebRtcTransport,
  connectWebRtcTransport: transports.connectWebRtcTransport,
  restartIce: restartIce,
  closeTransport: transports.closeTransport,
  produce: producers.produce,
  pauseProducer: producers.pauseProducer,
  resumeProducer: producers.resumeProducer,
  closeProducer: producers.closeProducer,
  consume: consumers.consume,
  pauseConsumer: consumers.pauseConsumer,
  resumeConsumer: consumers.resumeConsumer,
  closeConsumer: consumers.closeConsumer,
  setConsumerPreferredLayers: consumers.setConsumerPreferredLayers,
  setConsumerPriority: consumers.setConsumerPriority,
  requestConsumerKeyFrame: consumers.requestConsumerKeyFrame,
  produceData: data.produceData,
  closeDataProducer: data.closeDataProducer,
  consumeData: data.consumeData,
  closeDataConsumer: data.closeDataConsumer,
  reportMediaState,
  reportRecovery,
};

/** What a method makes is named in this field of its result. */
const made: { readonly [M in Method]?: keyof Result<M> } = {
  createWebRtcTransport: "transportId",
  produce: "producerId",
  produceData: "dataProducerId",
  consume: "consumerId",
  consumeData: "dataConsumerId",
};

/** What they carry is told to others. */
const telling: ReadonlySet<string> = new Set<Method>([
  "sendMessage",
  "updateMetadata",
  "produce",
  "produceData",
]);
/** Bytes that others are told for which a message counts once more. */
const BYTES_TOLD = 256;

/**
 * Answers a request once, now or by the reply of a call that it makes. `text`:
 * as it came.
 */
export function handleRequest(
  step: Step,
  session: Session,
  { connection }: Line,
  request: Request,
  text: string,
): void {
  if (session.state === "joined" && session.presence.state === "connected") {
    return handleOnce(step, session, connection, request, text);
  }
  const { id, method } = request;
  const refused = method === "join" || method === "resume"
    ? refusal("alreadyJoined")
    : refusal("busy", "the first message is not answered yet");
  refuse(step, connection, id, refused);
}

/** Of those that are answered at once: who hears the answer relies on nothing. */
const passing: ReadonlySet<string> = new Set<Method>([
  "sendMessage",
  "reportMediaState",
  "reportRecovery",
]);

/** What was asked before on another connection is not done again (RS6). */
function handleOnce(
  step: Step,
  session: JoinedSession,
  connection: ConnectionId,
  { id, method, params = {} }: Request,
  text: string,
): void {
  session.requests ??= createRequestLog();
  const opened = open(session.requests, id, connection);
  switch (opened.type) {
    case "new": {
      const asked = { step, session, id };
      const answer = tooMany(asked) ?? dispatch(asked, method, params);
      const tells = telling.has(method) && answer.type !== "refusal";
      if (tells) chargeTelling(asked, text);
      const effect = passing.has(method) ? "passing" : "lasting";
      return respond(step, session, id, answer, effect);
    }
    case "open":
      return;
    case "answered":
      return isOver(step.state, method, opened.text)
        ? refuse(step, connection, id, OVER)
        : send(step, connection, opened.text);
    case "refusal":
      return refuse(step, connection, id, opened);
  }
}

const OVER = refusal("cancelled", "what it made is closed already");

/** Its end was told, or is part of a snapshot, before the answer came through. */
function isOver(
  { owners }: RoomState,
  method: string,
  answer: string,
): boolean {
  const field = isMethod(method) ? made[method] : undefined;
  if (field === undefined) return false;
  const { result }: { result?: Record<string, unknown> } = JSON.parse(answer);
  const id = result?.[field];
  return typeof id === "string" && !owners.has(id);
}

/** Kept like any answer, so that a request sent again is answered the same. */
function tooMany({ step, session }: Asked): Refusal | undefined {
  const { state: { policy }, now } = step;
  const retryAfterMs = overflow(session.workedOffAt, paceOf(policy), now);
  if (retryAfterMs === 0) return;
  const detail = "too many messages";
  return { type: "refusal", error: "tooManyRequests", detail, retryAfterMs };
}

/**
 * Else a burst of one participant would stand before the pings of those with
 * slow lines, until they are taken for gone.
 */
function chargeTelling({ step, session }: Asked, text: string): void {
  const { state: { policy }, now } = step;
  const cost = Math.floor(byteLength(text) / BYTES_TOLD);
  session.workedOffAt = pour(session.workedOffAt, cost, paceOf(policy), now);
}

const isMethod = (name: string): name is Method =>
  Object.hasOwn(handlers, name);

function dispatch(asked: Asked, method: string, params: unknown) {
  return isMethod(method)
    ? perform(asked, method, params)
    : refusal("methodNotFound", method);
}

function perform<M extends Method>(
  asked: Asked,
  method: M,
  params: unknown,
): Answer<M> {
  const parsed = methods[method].params.safeParse(params);
  if (!parsed.success) return refusal("invalidParams", describe(parsed.error));
  return handlers[method](asked, parsed.data as Params<M>);
}
