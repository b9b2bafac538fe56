/**
 * What the SFU answers about media, and who has waited for it.
 *
 * @module
 */
import type { ErrorName } from "../../../protocol/mod.ts";
import type { SfuMethod, SfuResult } from "../../../sfu/methods.ts";
import { mediaServerUnavailable, type Refusal, refusal } from "../answer.ts";
import type { SfuReply } from "../input.ts";
import { respond } from "../outbox.ts";
import { answerResume } from "../resume.ts";
import type { Step } from "../state.ts";
import { type ReplyHandler, type ResultOf, routerId, settle } from "./calls.ts";
import { closeFailed, closeInSfu } from "./closing.ts";
import { consumed } from "./consumers.ts";
import { dataConsumed, dataProduced } from "./data.ts";
import { looked } from "./evidence.ts";
import { inventoried, suspectOrphan } from "./orphans.ts";
import type { Look, Pending, PurposeType, RequestCall } from "./pending.ts";
import { muted, mutedNew, produced } from "./producers.ts";
import { restarted } from "./restart.ts";
import { transportConnected, transportCreated } from "./transports.ts";

type Failure = SfuReply & { ok: false };

const handlers: { readonly [T in PurposeType]: ReplyHandler<T> } = {
  createWebRtcTransport: transportCreated,
  connectWebRtcTransport: transportConnected,
  produce: produced,
  muteNew: mutedNew,
  mute: muted,
  consume: consumed,
  produceData: dataProduced,
  consumeData: dataConsumed,
  relay: (_step, _session, _call, result) => ({ type: "result", result }),
};

/** Closes what the SFU has made for somebody who has no use for it any more. */
const discards: {
  readonly [T in PurposeType]?: (
    step: Step,
    routerId: string,
    result: ResultOf<T>,
    call: RequestCall<T>,
  ) => void;
} = {
  createWebRtcTransport: (step, routerId, { transportId }) =>
    closeInSfu(step, "closeTransport", { routerId, transportId }),
  produce: (step, routerId, { producerId }) =>
    closeInSfu(step, "closeProducer", { routerId, producerId }),
  consume: (step, routerId, { consumerId }) =>
    closeInSfu(step, "closeConsumer", { routerId, consumerId }),
  produceData: (step, routerId, { dataProducerId }) =>
    closeInSfu(step, "closeDataProducer", { routerId, dataProducerId }),
  consumeData: (step, routerId, { dataConsumerId }) =>
    closeInSfu(step, "closeDataConsumer", { routerId, dataConsumerId }),
  muteNew: (step, _routerId, _result, call) => closeNew(step, call),
};

/** A new producer that could not be muted, or is not wanted any more. */
function closeNew(step: Step, { info }: RequestCall<"muteNew">): void {
  const { producerId } = info;
  const params = { routerId: routerId(step.state), producerId };
  closeInSfu(step, "closeProducer", params);
}

/** A call about media, and what is to be done when it is answered. */
export type MediaCall = Exclude<Pending, { type: "createRouter" | "claim" }>;

/** The link has checked each result against the method of its call. */
export function handleMediaReply(
  step: Step,
  record: MediaCall,
  reply: SfuReply,
): void {
  switch (record.type) {
    case "restart":
      return restarted(step, record, reply);
    case "look":
      return resumeIfKnown(step, record, reply);
    case "inventory":
      return inventoried(step, reply);
    case "close":
      if (!reply.ok) closeFailed(step, record.close, reply.status);
      return;
    default:
      return reply.ok
        ? succeed(step, record, reply.result)
        : fail(step, record, reply);
  }
}

/** The last transport that is looked at brings the answer to the resume. */
function resumeIfKnown(step: Step, look: Look, reply: SfuReply): void {
  const known = looked(step, look, reply);
  if (known) answerResume(step, known.session, known.resuming);
}

/** Answers whatever was asked of a router that is lost: it will not do so itself. */
export function failUnderWay(step: Step): void {
  const { state } = step;
  for (const [call, record] of [...state.pending]) {
    if (record.type === "createRouter" || record.type === "claim") continue;
    state.pending.delete(call);
    handleMediaReply(step, record, replyOfLost(record));
  }
  state.orphans = null;
  state.unclosed.length = 0;
  state.retryClosesAt = null;
}

function replyOfLost({ type }: MediaCall): SfuReply {
  const message = "the router is lost";
  switch (type) {
    // It holds for the key, whatever will carry that.
    case "mute":
      return { ok: true, result: {} };
    case "relay":
      return { ok: false, status: "NOT_FOUND", message };
    default:
      return { ok: false, status: "UNAVAILABLE", message };
  }
}

function succeed<T extends PurposeType>(
  step: Step,
  call: RequestCall<T>,
  checked: SfuResult<SfuMethod>,
): void {
  const result = checked as ResultOf<T>;
  const session = settle(step.state, call.sessionId, call.type);
  const answer = session && handlers[call.type](step, session, call, result);
  if (answer === undefined || answer.type === "refusal") {
    discards[call.type]?.(step, routerId(step.state), result, call);
  }
  const effect = call.type === "relay" ? "passing" : "lasting";
  if (session && answer) {
    respond(step, session, call.requestId, answer, effect);
  }
}

function fail(step: Step, call: RequestCall, failure: Failure): void {
  const session = settle(step.state, call.sessionId, call.type);
  if (call.type === "muteNew") closeNew(step, call);
  else suspectOrphan(step, call, failure.status);
  if (session) respond(step, session, call.requestId, refusalOf(call, failure));
}

/** What a failed call means to the client for which it was made. */
function refusalOf(call: RequestCall, { status, message }: Failure): Refusal {
  switch (status) {
    case "UNAVAILABLE":
    case "DEADLINE_EXCEEDED":
    case "RESOURCE_EXHAUSTED":
      return mediaServerUnavailable;
    case "NOT_FOUND":
      return refusal(notFound(call));
    case "INVALID_ARGUMENT":
      return call.type === "produce"
        ? refusal("trackInvalid", message)
        : refusal("invalidParams", message);
    case "FAILED_PRECONDITION":
      // What mediasoup understands and cannot do, such as a codec it lacks.
      if (call.type === "produce") return refusal("trackInvalid", message);
      return refusal(
        call.type === "consume" ? "cannotConsume" : "internalError",
      );
    default:
      return refusal("internalError");
  }
}

function notFound(call: RequestCall): ErrorName {
  switch (call.type) {
    case "createWebRtcTransport":
      return "internalError";
    case "connectWebRtcTransport":
    case "produce":
    case "produceData":
      return "transportNotFound";
    case "mute":
    case "muteNew":
    case "consume":
    case "consumeData":
      return "producerNotFound";
    case "relay":
      return "consumerNotFound";
  }
}
