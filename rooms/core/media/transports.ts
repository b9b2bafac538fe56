/**
 * WebRTC transports: what carries the media of a participant.
 *
 * @module
 */
import type { CloseCause, TransportCloseCause } from "../../../protocol/mod.ts";
import { done, refusal } from "../answer.ts";
import type { Handler } from "../handler.ts";
import { hint, tell } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import { setAlarm } from "../session_clock.ts";
import type { Step } from "../state.ts";
import { callFor, type ReplyHandler, routerId } from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import { removeConsumer } from "./consumers.ts";
import { removeDataConsumer, removeDataProducer } from "./data.ts";
import type { TransportStates } from "./media.ts";
import { add, count, idsOf, own, remove } from "./owned.ts";
import { removeProducer } from "./producers.ts";
import { updateMediaState } from "./state.ts";

export const createWebRtcTransport: Handler<"createWebRtcTransport"> = (
  asked,
  { forceTcp, ...direction },
) => {
  const { state } = asked.step;
  const { maxTransports } = state.policy;
  if (count(asked.session, "transports") >= maxTransports) {
    return refusal("tooManyTransports", `${maxTransports}`);
  }
  const params = { routerId: routerId(state), forceTcp, sctp: true };
  const type = "createWebRtcTransport";
  return callFor(asked, type, params, { type, direction });
};

export const transportCreated: ReplyHandler<"createWebRtcTransport"> = (
  { state },
  session,
  { direction },
  result,
) => {
  add(state, session, "transports", result.transportId, {
    ...direction,
    ice: "new",
    dtls: "new",
    handshake: "none",
    bytesAtLoss: null,
  });
  return { type: "result", result };
};

export const connectWebRtcTransport: Handler<"connectWebRtcTransport"> = (
  asked,
  { transportId, dtlsParameters },
) => {
  if (!own(asked.session, "transports", transportId)) {
    return refusal("transportNotFound");
  }
  const id = routerId(asked.step.state);
  const params = { routerId: id, transportId, dtlsParameters };
  const type = "connectWebRtcTransport";
  return callFor(asked, type, params, { type, transportId });
};

/** From now on, the handshake has its time. */
export const transportConnected: ReplyHandler<"connectWebRtcTransport"> = (
  step,
  session,
  { transportId },
) => {
  const transport = own(session, "transports", transportId);
  if (!transport) return refusal("transportNotFound");
  if (transport.handshake === "none") {
    const { dtlsTimeoutMs } = step.state.policy;
    transport.handshake = { until: step.now + dtlsTimeoutMs };
    setAlarm(step.state, session);
    updateMediaState(step, session);
  }
  return done;
};

/** What the SFU says of a transport informs; it ends only one that never worked. */
export function transportChanged(
  step: Step,
  session: JoinedSession,
  transportId: string,
  states: TransportStates & { sctp?: TransportStates["dtls"] | undefined },
): void {
  const transport = own(session, "transports", transportId);
  if (!transport) return;
  const { ice, dtls } = states;
  transport.ice = ice;
  transport.dtls = dtls;
  if (dtls === "connected") transport.handshake = "done";
  hint(step, session, "transportState", { transportId, ...states });
  if (dtls === "failed" && transport.handshake !== "done") {
    return loseTransport(step, session, transportId, "dtlsFailed");
  }
  updateMediaState(step, session);
}

export const closeTransport: Handler<"closeTransport"> = (
  { step, session },
  { transportId },
) => {
  if (!own(session, "transports", transportId)) {
    return refusal("transportNotFound");
  }
  takeDown(step, session, transportId, "transportClosed");
  updateMediaState(step, session);
  return done;
};

/** Closes a transport that its owner did not close, and tells the owner so. */
export function loseTransport(
  step: Step,
  session: JoinedSession,
  transportId: string,
  cause: TransportCloseCause,
): void {
  if (!own(session, "transports", transportId)) return;
  takeDown(step, session, transportId, "transportClosed");
  tell(step, session, "transportClosed", { transportId, cause });
  updateMediaState(step, session);
}

/** Closes all that a session has in the SFU. */
export function closeMedia(step: Step, session: JoinedSession): void {
  const cause = "sessionEnded";
  for (const id of session.media?.transports.keys() ?? []) {
    takeDown(step, session, id, cause);
  }
  // What is left was lost with its transport (MD9).
  for (const id of idsOf(session, ["producers"])) {
    removeProducer(step, session, id, cause);
  }
  for (const id of idsOf(session, ["dataProducers"])) {
    removeDataProducer(step, session, id, cause);
  }
}

/** Closes a transport and all on it; the SFU does the latter by itself. */
function takeDown(
  step: Step,
  session: JoinedSession,
  transportId: string,
  cause: CloseCause,
): void {
  const { state } = step;
  const { media } = session;
  if (media === null) return;
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
