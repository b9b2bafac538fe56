/**
 * Data channels: data producers and data consumers.
 *
 * @module
 */
import type { CloseCause, DataProducerInfo } from "../../../protocol/mod.ts";
import { done, type Refusal, refusal } from "../answer.ts";
import type { Handler } from "../handler.ts";
import { tell, tellOthers } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import type { RoomState, Step } from "../state.ts";
import { callFor, type ReplyHandler, routerId } from "./calls.ts";
import { isCarried } from "./carried.ts";
import { closeInSfu } from "./closing.ts";
import { cannotReceive, receivingTransport } from "./consuming.ts";
import { add, count, find, own, remove } from "./owned.ts";
import { appDataTooLarge, byKey, cannotPublish } from "./publishing.ts";

export const produceData: Handler<"produceData"> = (
  asked,
  { transportId, key, appData, replace = false, ...channel },
) => {
  const { step: { state }, session } = asked;
  const refused = cannotProduce(session, transportId, key, replace) ??
    appDataTooLarge(state, appData);
  if (refused) return refused;
  const { maxDataProducers } = state.policy;
  const others = count(session, "dataProducers") -
    (byKey(session, "dataProducers", key) ? 1 : 0);
  if (others >= maxDataProducers) {
    return refusal("tooManyProducers", `${maxDataProducers} of data`);
  }
  const { label, protocol } = channel;
  const params = { routerId: routerId(state), transportId, ...channel };
  return callFor(asked, "produceData", params, {
    type: "produceData",
    transportId,
    info: { key, label, protocol, appData },
    replace,
  });
};

export const dataProduced: ReplyHandler<"produceData"> = (
  step,
  session,
  { transportId, info, replace },
  { dataProducerId },
) => {
  const refused = cannotProduce(session, transportId, info.key, replace);
  if (refused) return refused;
  publishData(step, session, transportId, { ...info, dataProducerId });
  return { type: "result", result: { dataProducerId } };
};

function cannotProduce(
  session: JoinedSession,
  transportId: string,
  key: string,
  replace: boolean,
): Refusal | undefined {
  if (!session.access.grants.sendData) return refusal("forbidden");
  const replaces = replace ? "dataProducers" : null;
  return cannotPublish(session, transportId, key, replaces);
}

/** As with producers, the old one ends when its receivers know the new one. */
function publishData(
  step: Step,
  session: JoinedSession,
  transportId: string,
  dataProducer: DataProducerInfo,
): void {
  const { id: sessionId } = session;
  const { dataProducerId, key } = dataProducer;
  const old = byKey(session, "dataProducers", key);
  const consumers = new Set<string>();
  add(step.state, session, "dataProducers", dataProducerId, {
    transportId,
    info: dataProducer,
    consumers,
  });
  if (!old) {
    const params = { sessionId, dataProducer };
    return tellOthers(step, sessionId, "dataProducerAdded", params);
  }
  remove(step.state, session, "dataProducers", old.id);
  if (isCarried(session, old.thing)) {
    closeInSfu(step, "closeDataProducer", {
      routerId: routerId(step.state),
      dataProducerId: old.id,
    });
  }
  const params = { sessionId, oldDataProducerId: old.id, dataProducer };
  tellOthers(step, sessionId, "dataProducerReplaced", params);
  for (const id of old.thing.consumers) {
    loseDataConsumer(step, id, "producerClosed");
  }
}

export const closeDataProducer: Handler<"closeDataProducer"> = (
  { step, session },
  { dataProducerId },
) => {
  if (!own(session, "dataProducers", dataProducerId)) {
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
  owner: JoinedSession,
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
  const kind = "dataProducers";
  const way = receivingTransport(asked, transportId, kind, dataProducerId);
  if ("type" in way) return way;
  const router = { routerId: routerId(asked.step.state) };
  const params = { ...router, transportId, dataProducerId };
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
  const refused = cannotReceive(session, transportId);
  if (refused) return refused;
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
  if (!own(session, "dataConsumers", dataConsumerId)) {
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
  owner: JoinedSession,
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
