/**
 * Media that its owner has and may not have any more.
 *
 * @module
 */
import { mayPublish } from "../access/access.ts";
import { tell } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import type { Step } from "../state.ts";
import { routerId } from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import { loseConsumer } from "./consumers.ts";
import { loseDataConsumer, removeDataProducer } from "./data.ts";
import { idsOf } from "./owned.ts";
import { removeProducer } from "./producers.ts";

/** What is yet to come from the SFU is looked at when it comes. */
export function closeRevoked(step: Step, session: JoinedSession): void {
  const { grants } = session.access;
  for (const [id, { info }] of [...session.media?.producers ?? []]) {
    if (!mayPublish(grants, info)) closeProducer(step, session, id);
  }
  if (!grants.sendData) {
    for (const id of idsOf(session, ["dataProducers"])) {
      closeDataProducer(step, session, id);
    }
  }
  if (!grants.subscribe) closeReceived(step, session);
}

/** Not the owner's doing, so the owner is told as well. */
function closeProducer(
  step: Step,
  session: JoinedSession,
  producerId: string,
): void {
  const key = session.media?.producers.get(producerId)?.info.key ?? "";
  const router = { routerId: routerId(step.state) };
  closeInSfu(step, "closeProducer", { ...router, producerId });
  removeProducer(step, session, producerId, "revoked");
  const params = { sessionId: session.id, producerId, key };
  tell(step, session, "producerRemoved", { ...params, cause: "revoked" });
}

function closeDataProducer(
  step: Step,
  session: JoinedSession,
  dataProducerId: string,
): void {
  const key = session.media?.dataProducers.get(dataProducerId)?.info.key ?? "";
  const router = { routerId: routerId(step.state) };
  closeInSfu(step, "closeDataProducer", { ...router, dataProducerId });
  removeDataProducer(step, session, dataProducerId, "revoked");
  const params = { sessionId: session.id, dataProducerId, key };
  tell(step, session, "dataProducerRemoved", { ...params, cause: "revoked" });
}

function closeReceived(step: Step, session: JoinedSession): void {
  const router = { routerId: routerId(step.state) };
  for (const consumerId of idsOf(session, ["consumers"])) {
    closeInSfu(step, "closeConsumer", { ...router, consumerId });
    loseConsumer(step, consumerId, "revoked");
  }
  for (const dataConsumerId of idsOf(session, ["dataConsumers"])) {
    closeInSfu(step, "closeDataConsumer", { ...router, dataConsumerId });
    loseDataConsumer(step, dataConsumerId, "revoked");
  }
}
