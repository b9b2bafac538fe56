/**
 * Data channels: data producers and data consumers.
 *
 * @module
 */
import type { CloseCause } from "../../../protocol/mod.ts";
import { done, type Handler, refusal } from "../handler.ts";
import { tell, tellOthers } from "../outbox.ts";
import type { ConnectedSession } from "../session.ts";
import type { RoomState, Step } from "../state.ts";
import { callFor, type ReplyHandler, routerId } from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import { consumesEnough } from "./consumers.ts";
import { add, count, find, remove } from "./media.ts";
import { appDataTooLarge, cannotPublish } from "./publishing.ts";

export const produceData: Handler<"produceData"> = (
  asked,
  { transportId, key, appData, ...channel },
) => {
  const { step: { state }, session } = asked;
  const refused = cannotPublish(session, transportId, key) ??
    appDataTooLarge(state, appData);
  if (refused) return refused;
  const { maxDataProducers } = state.policy;
  if (count(session, "dataProducers") >= maxDataProducers) {
    return refusal("tooManyProducers", `${maxDataProducers} of data`);
  }
  const { label, protocol } = channel;
  const params = { routerId: routerId(state), transportId, ...channel };
  return callFor(asked, "produceData", params, {
    type: "produceData",
    transportId,
    info: { key, label, protocol, appData },
  });
};

export const dataProduced: ReplyHandler<"produceData"> = (
  step,
  session,
  { transportId, info },
  { dataProducerId },
) => {
  const refused = cannotPublish(session, transportId, info.key);
  if (refused) return refused;
  const dataProducer = { ...info, dataProducerId };
  add(step.state, session, "dataProducers", dataProducerId, {
    transportId,
    info: dataProducer,
    consumers: new Set(),
  });
  const sessionId = session.id;
  tellOthers(step, sessionId, "dataProducerAdded", { sessionId, dataProducer });
  return { type: "result", result: { dataProducerId } };
};

export const closeDataProducer: Handler<"closeDataProducer"> = (
  { step, session },
  { dataProducerId },
) => {
  if (!session.media.dataProducers.has(dataProducerId)) {
    return refusal("producerNotFound");
  }
  const params = { routerId: routerId(step.state), dataProducerId };
  closeInSfu(step, "closeDataProducer", params);
  removeDataProducer(step, session, dataProducerId, "closed");
  return done;
};

/** Takes a data producer off the books, and its data consumers with it. */
export function removeDataProducer(
  step: Step,
  owner: ConnectedSession,
  dataProducerId: string,
  cause: CloseCause,
): void {
  const producer = remove(step.state, owner, "dataProducers", dataProducerId);
  if (!producer) return;
  for (const dataConsumerId of producer.consumers) {
    loseDataConsumer(step, dataConsumerId, "producerClosed");
  }
  const { key } = producer.info;
  const params = { sessionId: owner.id, dataProducerId, key, cause };
  tellOthers(step, owner.id, "dataProducerRemoved", params);
}

export const consumeData: Handler<"consumeData"> = (
  asked,
  { transportId, dataProducerId },
) => {
  const { step: { state }, session } = asked;
  const transport = session.media.transports.get(transportId);
  if (transport?.direction !== "recv") {
    return refusal("transportNotFound", "a receiving one is needed");
  }
  const producer = find(state, "dataProducers", dataProducerId);
  if (!producer || producer.owner === session) {
    return refusal("producerNotFound");
  }
  if (consumesEnough(state, session)) return refusal("tooManyConsumers");
  const params = { routerId: routerId(state), transportId, dataProducerId };
  return callFor(asked, "consumeData", params, {
    type: "consumeData",
    transportId,
    dataProducerId,
  });
};

export const dataConsumed: ReplyHandler<"consumeData"> = (
  { state },
  session,
  { transportId, dataProducerId },
  result,
) => {
  if (!session.media.transports.has(transportId)) {
    return refusal("transportNotFound");
  }
  const producer = find(state, "dataProducers", dataProducerId)?.thing;
  if (!producer) return refusal("producerNotFound");
  const { dataConsumerId } = result;
  const consumer = { transportId, dataProducerId };
  add(state, session, "dataConsumers", dataConsumerId, consumer);
  producer.consumers.add(dataConsumerId);
  return { type: "result", result: { ...result, dataProducerId } };
};

export const closeDataConsumer: Handler<"closeDataConsumer"> = (
  { step, session },
  { dataConsumerId },
) => {
  if (!session.media.dataConsumers.has(dataConsumerId)) {
    return refusal("consumerNotFound");
  }
  const params = { routerId: routerId(step.state), dataConsumerId };
  closeInSfu(step, "closeDataConsumer", params);
  removeDataConsumer(step.state, session, dataConsumerId);
  return done;
};

/** Takes a data consumer off the books; its owner knows. */
export function removeDataConsumer(
  state: RoomState,
  owner: ConnectedSession,
  dataConsumerId: string,
): void {
  const consumer = remove(state, owner, "dataConsumers", dataConsumerId);
  if (!consumer) return;
  const producer = find(state, "dataProducers", consumer.dataProducerId);
  producer?.thing.consumers.delete(dataConsumerId);
}

/** Takes a data consumer off the books that its owner did not close. */
export function loseDataConsumer(
  step: Step,
  dataConsumerId: string,
  cause: CloseCause,
): void {
  const owner = find(step.state, "dataConsumers", dataConsumerId)?.owner;
  if (!owner) return;
  removeDataConsumer(step.state, owner, dataConsumerId);
  tell(step, owner, "dataConsumerClosed", { dataConsumerId, cause });
}
