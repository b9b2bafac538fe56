/**
 * Consumers: the tracks of others that participants receive.
 *
 * @module
 */
import type { CloseCause, Params } from "../../../protocol/mod.ts";
import type { SfuParams } from "../../../sfu/methods.ts";
import { done, refusal } from "../answer.ts";
import type { Handler } from "../handler.ts";
import { tell } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import type { RoomState, Step } from "../state.ts";
import {
  callFor,
  type RelayedMethod,
  type ReplyHandler,
  routerId,
} from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import { cannotReceive, receivingTransport } from "./consuming.ts";
import { add, find, own, remove } from "./owned.ts";

export const consume: Handler<"consume"> = (
  asked,
  { transportId, producerId, preferredLayers },
) => {
  const way = receivingTransport(asked, transportId, "producers", producerId);
  if ("type" in way) return way;
  return callFor(asked, "consume", {
    routerId: routerId(asked.step.state),
    transportId,
    producerId,
    rtpCapabilities: way.rtpCapabilities,
    paused: true,
    preferredLayers,
  }, { type: "consume", transportId, producerId });
};

export const consumed: ReplyHandler<"consume"> = (
  { state },
  session,
  { transportId, producerId },
  result,
) => {
  const refused = cannotReceive(session, transportId);
  if (refused) return refused;
  const producer = find(state, "producers", producerId)?.thing;
  if (!producer) return refusal("producerNotFound");
  const { consumerId } = result;
  add(state, session, "consumers", consumerId, { transportId, producerId });
  producer.consumers.add(consumerId);
  return { type: "result", result: { ...result, producerId } };
};

/** A handler that passes a command to a consumer on as it stands. */
const command =
  <M extends RelayedMethod>(method: M): Handler<M> =>
  (asked, params: Params<M>) => {
    if (!own(asked.session, "consumers", params.consumerId)) {
      return refusal("consumerNotFound");
    }
    const full = { routerId: routerId(asked.step.state), ...params };
    return callFor(asked, method, full as SfuParams<M>, {
      type: "relay",
    });
  };

export const pauseConsumer = command("pauseConsumer");
export const resumeConsumer = command("resumeConsumer");
export const setConsumerPreferredLayers = command("setConsumerPreferredLayers");
export const setConsumerPriority = command("setConsumerPriority");
export const requestConsumerKeyFrame = command("requestConsumerKeyFrame");

export const closeConsumer: Handler<"closeConsumer"> = (
  { step, session },
  { consumerId },
) => {
  if (!own(session, "consumers", consumerId)) {
    return refusal("consumerNotFound");
  }
  const params = { routerId: routerId(step.state), consumerId };
  closeInSfu(step, "closeConsumer", params);
  removeConsumer(step.state, session, consumerId);
  return done;
};

/** Takes a consumer off the books; its owner knows. */
export function removeConsumer(
  state: RoomState,
  owner: JoinedSession,
  consumerId: string,
): void {
  const consumer = remove(state, owner, "consumers", consumerId);
  if (!consumer) return;
  const producer = find(state, "producers", consumer.producerId);
  producer?.thing.consumers.delete(consumerId);
}

/** Takes a consumer off the books that its owner did not close. */
export function loseConsumer(
  step: Step,
  consumerId: string,
  cause: CloseCause,
): void {
  const owner = find(step.state, "consumers", consumerId)?.owner;
  if (!owner) return;
  removeConsumer(step.state, owner, consumerId);
  tell(step, owner, "consumerClosed", { consumerId, cause });
}
