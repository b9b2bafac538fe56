/**
 * Producers: the tracks that participants publish.
 *
 * @module
 */
import type { CloseCause } from "../../../protocol/mod.ts";
import {
  type Answer,
  type Asked,
  done,
  type Handler,
  refusal,
} from "../handler.ts";
import { tellOthers } from "../outbox.ts";
import type { ConnectedSession } from "../session.ts";
import type { Step } from "../state.ts";
import { callFor, type ReplyHandler, routerId } from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import { loseConsumer } from "./consumers.ts";
import { add, count, remove } from "./media.ts";
import { appDataTooLarge, cannotPublish } from "./publishing.ts";

export const produce: Handler<"produce"> = (
  asked,
  { transportId, key, kind, source, rtpParameters, paused = false, appData },
) => {
  const { step: { state }, session } = asked;
  const refused = cannotPublish(session, transportId, key) ??
    appDataTooLarge(state, appData);
  if (refused) return refused;
  const { maxProducers } = state.policy;
  if (count(session, "producers") >= maxProducers) {
    return refusal("tooManyProducers", `${maxProducers}`);
  }
  const id = routerId(state);
  const params = { routerId: id, transportId, kind, rtpParameters, paused };
  const info = { key, kind, source, paused, appData };
  return callFor(asked, "produce", params, {
    type: "produce",
    transportId,
    info,
  });
};

export const produced: ReplyHandler<"produce"> = (
  step,
  session,
  { transportId, info },
  { producerId, type },
) => {
  const refused = cannotPublish(session, transportId, info.key);
  if (refused) return refused;
  const producer = { ...info, producerId, type };
  add(step.state, session, "producers", producerId, {
    transportId,
    info: producer,
    consumers: new Set(),
  });
  const sessionId = session.id;
  tellOthers(step, sessionId, "producerAdded", { sessionId, producer });
  return { type: "result", result: { producerId } };
};

export const pauseProducer: Handler<"pauseProducer"> = (asked, params) =>
  mute(asked, params.producerId, true);

export const resumeProducer: Handler<"resumeProducer"> = (asked, params) =>
  mute(asked, params.producerId, false);

function mute(
  asked: Asked,
  producerId: string,
  paused: boolean,
): Answer<"pauseProducer"> {
  if (!asked.session.media.producers.has(producerId)) {
    return refusal("producerNotFound");
  }
  const method = paused ? "pauseProducer" : "resumeProducer";
  const params = { routerId: routerId(asked.step.state), producerId };
  return callFor(asked, method, params, { type: "mute", producerId, paused });
}

export const muted: ReplyHandler<"mute"> = (
  step,
  session,
  { producerId, paused },
) => {
  const info = session.media.producers.get(producerId)?.info;
  if (!info) return refusal("producerNotFound");
  if (info.paused === paused) return done;
  info.paused = paused;
  const event = paused ? "producerPaused" : "producerResumed";
  const params = { sessionId: session.id, producerId, key: info.key };
  tellOthers(step, session.id, event, params);
  return done;
};

export const closeProducer: Handler<"closeProducer"> = (
  { step, session },
  { producerId },
) => {
  if (!session.media.producers.has(producerId)) {
    return refusal("producerNotFound");
  }
  const params = { routerId: routerId(step.state), producerId };
  closeInSfu(step, "closeProducer", params);
  removeProducer(step, session, producerId, "closed");
  return done;
};

/**
 * Takes a producer off the books. Its consumers go with it at once, whatever
 * the SFU says of them later.
 */
export function removeProducer(
  step: Step,
  owner: ConnectedSession,
  producerId: string,
  cause: CloseCause,
): void {
  const producer = remove(step.state, owner, "producers", producerId);
  if (!producer) return;
  for (const consumerId of producer.consumers) {
    loseConsumer(step, consumerId, "producerClosed");
  }
  const { key } = producer.info;
  const params = { sessionId: owner.id, producerId, key, cause };
  tellOthers(step, owner.id, "producerRemoved", params);
}
