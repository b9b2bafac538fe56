/**
 * Consumers: the tracks of others that participants receive.
 *
 * @module
 */
import type { CloseCause, Params } from "../../../protocol/mod.ts";
import type { SfuParams } from "../../../sfu/methods.ts";
import { done, type Handler, refusal } from "../handler.ts";
import { tell } from "../outbox.ts";
import type { ConnectedSession } from "../session.ts";
import type { RoomState, Step } from "../state.ts";
import {
  callFor,
  type RelayedMethod,
  type ReplyHandler,
  routerId,
} from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import { add, count, find, remove } from "./media.ts";

export const consume: Handler<"consume"> = (
  asked,
  { transportId, producerId, preferredLayers },
) => {
  const { step: { state }, session } = asked;
  const transport = session.media.transports.get(transportId);
  if (transport?.direction !== "recv") {
    return refusal("transportNotFound", "a receiving one is needed");
  }
  const producer = find(state, "producers", producerId);
  if (!producer || producer.owner === session) {
    return refusal("producerNotFound");
  }
  if (consumesEnough(state, session)) return refusal("tooManyConsumers");
  return callFor(asked, "consume", {
    routerId: routerId(state),
    transportId,
    producerId,
    rtpCapabilities: transport.rtpCapabilities,
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
  if (!session.media.transports.has(transportId)) {
    return refusal("transportNotFound");
  }
  const producer = find(state, "producers", producerId)?.thing;
  if (!producer) return refusal("producerNotFound");
  const { consumerId } = result;
  add(state, session, "consumers", consumerId, { transportId, producerId });
  producer.consumers.add(consumerId);
  return { type: "result", result: { ...result, producerId } };
};

/** Media and data count together. */
export const consumesEnough = (
  { policy }: RoomState,
  session: ConnectedSession,
): boolean =>
  count(session, "consumers") + count(session, "dataConsumers") >=
    policy.maxConsumers;

/** A handler that passes a command to a consumer on as it stands. */
const command =
  <M extends Exclude<RelayedMethod, "connectWebRtcTransport" | "restartIce">>(
    method: M,
  ): Handler<M> =>
  (asked, params: Params<M>) => {
    if (!asked.session.media.consumers.has(params.consumerId)) {
      return refusal("consumerNotFound");
    }
    const full = { routerId: routerId(asked.step.state), ...params };
    return callFor(asked, method, full as SfuParams<M>, {
      type: "relay",
      notFound: "consumerNotFound",
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
  if (!session.media.consumers.has(consumerId)) {
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
  owner: ConnectedSession,
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
