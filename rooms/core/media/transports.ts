/**
 * WebRTC transports: what carries the media of a participant.
 *
 * @module
 */
import type { CloseCause } from "../../../protocol/mod.ts";
import { done, type Handler, refusal } from "../handler.ts";
import type { ConnectedSession } from "../session.ts";
import type { Step } from "../state.ts";
import { callFor, type ReplyHandler, routerId } from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import { removeConsumer } from "./consumers.ts";
import { removeDataConsumer, removeDataProducer } from "./data.ts";
import { add, count, remove } from "./media.ts";
import { removeProducer } from "./producers.ts";

export const createWebRtcTransport: Handler<"createWebRtcTransport"> = (
  asked,
  { forceTcp, ...transport },
) => {
  const { state } = asked.step;
  const { maxTransports } = state.policy;
  if (count(asked.session, "transports") >= maxTransports) {
    return refusal("tooManyTransports", `${maxTransports}`);
  }
  const params = { routerId: routerId(state), forceTcp, sctp: true };
  const type = "createWebRtcTransport";
  return callFor(asked, type, params, { type, transport });
};

export const transportCreated: ReplyHandler<"createWebRtcTransport"> = (
  { state },
  session,
  { transport },
  result,
) => {
  add(state, session, "transports", result.transportId, transport);
  return { type: "result", result };
};

export const connectWebRtcTransport: Handler<"connectWebRtcTransport"> = (
  asked,
  { transportId, dtlsParameters },
) => {
  if (!asked.session.media.transports.has(transportId)) {
    return refusal("transportNotFound");
  }
  const id = routerId(asked.step.state);
  const params = { routerId: id, transportId, dtlsParameters };
  return callFor(asked, "connectWebRtcTransport", params, {
    type: "relay",
    notFound: "transportNotFound",
  });
};

export const restartIce: Handler<"restartIce"> = (asked, { transportId }) => {
  if (!asked.session.media.transports.has(transportId)) {
    return refusal("transportNotFound");
  }
  const params = { routerId: routerId(asked.step.state), transportId };
  return callFor(asked, "restartIce", params, {
    type: "relay",
    notFound: "transportNotFound",
  });
};

export const closeTransport: Handler<"closeTransport"> = (
  { step, session },
  { transportId },
) => {
  if (!session.media.transports.has(transportId)) {
    return refusal("transportNotFound");
  }
  takeDown(step, session, transportId, "transportClosed");
  return done;
};

/** Closes all that a session has in the SFU. */
export function closeMedia(step: Step, session: ConnectedSession): void {
  for (const id of session.media.transports.keys()) {
    takeDown(step, session, id, "sessionEnded");
  }
}

/** Closes a transport and all on it; the SFU does the latter by itself. */
function takeDown(
  step: Step,
  session: ConnectedSession,
  transportId: string,
  cause: CloseCause,
): void {
  const { state } = step;
  const { media } = session;
  remove(state, session, "transports", transportId);
  closeInSfu(step, "closeTransport", {
    routerId: routerId(state),
    transportId,
  });
  for (const id of on(transportId, media.producers)) {
    removeProducer(step, session, id, cause);
  }
  for (const id of on(transportId, media.dataProducers)) {
    removeDataProducer(step, session, id, cause);
  }
  for (const id of on(transportId, media.consumers)) {
    removeConsumer(state, session, id);
  }
  for (const id of on(transportId, media.dataConsumers)) {
    removeDataConsumer(state, session, id);
  }
}

const on = (
  transportId: string,
  things: ReadonlyMap<string, { readonly transportId: string }>,
): string[] =>
  [...things].filter(([_, thing]) => thing.transportId === transportId)
    .map(([id]) => id);
