/**
 * Producers: the tracks that participants publish.
 *
 * @module
 */
import type { CloseCause, ProducerInfo } from "../../../protocol/mod.ts";
import { type Answer, done, type Refusal, refusal } from "../answer.ts";
import type { Asked, Handler } from "../handler.ts";
import { mayPublish } from "../access/access.ts";
import { announce, who } from "../announce.ts";
import { tellOthers } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import type { Step } from "../state.ts";
import { callFor, type ReplyHandler, routerId } from "./calls.ts";
import { isCarried } from "./carried.ts";
import { closeInSfu, pauseInSfu } from "./closing.ts";
import { loseConsumer } from "./consumers.ts";
import { isHeld, isMuted, noteMuted } from "./muting.ts";
import { add, count, own, remove } from "./owned.ts";
import { appDataTooLarge, byKey, cannotPublish } from "./publishing.ts";

const HELD = "trackMutedByServer";

export const produce: Handler<"produce"> = (
  asked,
  { transportId, replace = false, rtpParameters, ...track },
) => {
  const { step: { state }, session } = asked;
  const { key, kind, source, appData } = track;
  const refused = cannotProduce(session, transportId, track, replace) ??
    appDataTooLarge(state, appData);
  if (refused) return refused;
  const { maxProducers } = state.policy;
  const others = count(session, "producers") -
    (byKey(session, "producers", key) ? 1 : 0);
  if (others >= maxProducers) {
    return refusal("tooManyProducers", `${maxProducers}`);
  }
  const paused = track.paused || isMuted(session, key);
  const id = routerId(state);
  const params = { routerId: id, transportId, kind, rtpParameters, paused };
  const info = { key, kind, source, paused, appData };
  return callFor(asked, "produce", params, {
    type: "produce",
    transportId,
    info,
    replace,
  });
};

export const produced: ReplyHandler<"produce"> = (
  step,
  session,
  { transportId, info, replace, requestId },
  { producerId, type },
) => {
  const refused = cannotProduce(session, transportId, info, replace);
  if (refused) return refused;
  const producer = { ...info, producerId, type };
  if (info.paused || !isMuted(session, info.key)) {
    return publish(step, session, transportId, producer);
  }
  // Muted while the SFU made it: it must not be heard for a moment.
  const asked = { step, session, id: requestId };
  const params = { routerId: routerId(step.state), producerId };
  return callFor(asked, "pauseProducer", params, {
    type: "muteNew",
    transportId,
    info: { ...producer, paused: true },
    replace,
  });
};

export const mutedNew: ReplyHandler<"muteNew"> = (
  step,
  session,
  { transportId, info, replace },
) =>
  cannotProduce(session, transportId, info, replace) ??
    publish(step, session, transportId, info);

/** A track stays of one kind, whatever carries it. */
function cannotProduce(
  session: JoinedSession,
  transportId: string,
  { key, kind, source }: Pick<ProducerInfo, "key" | "kind" | "source">,
  replace: boolean,
): Refusal | undefined {
  if (!mayPublish(session.access.grants, { kind, source })) {
    return refusal("forbidden", `to publish ${source}`);
  }
  const there = byKey(session, "producers", key)?.thing.info.kind ?? kind;
  const replaces = replace && there === kind ? "producers" : null;
  return cannotPublish(session, transportId, key, replaces);
}

/**
 * Puts a producer on the books, and tells the others. One that it takes the
 * place of ends when they know the new one, so that a receiver can swap them.
 */
function publish(
  step: Step,
  session: JoinedSession,
  transportId: string,
  producer: ProducerInfo,
): Answer<"produce"> {
  const { id: sessionId } = session;
  const { producerId, key, paused } = producer;
  const old = byKey(session, "producers", key);
  add(step.state, session, "producers", producerId, {
    transportId,
    info: producer,
    consumers: new Set(),
  });
  noteMuted(step.state, session, key, paused);
  if (old) replaceProducer(step, session, old.id, producer);
  else {
    tellOthers(step, sessionId, "producerAdded", { sessionId, producer });
    const type = "producerAdded";
    announce(step, { type, ...who(session), ...named(producer) });
  }
  return { type: "result", result: { producerId, paused } };
}

function replaceProducer(
  step: Step,
  session: JoinedSession,
  oldProducerId: string,
  producer: ProducerInfo,
): void {
  const { id: sessionId } = session;
  const old = remove(step.state, session, "producers", oldProducerId);
  if (old && isCarried(session, old)) {
    closeInSfu(step, "closeProducer", {
      routerId: routerId(step.state),
      producerId: oldProducerId,
    });
  }
  const params = { sessionId, oldProducerId, producer };
  tellOthers(step, sessionId, "producerReplaced", params);
  const type = "producerReplaced";
  const about = { ...who(session), ...named(producer) };
  announce(step, { type, ...about, oldProducerId });
  for (const consumerId of old?.consumers ?? []) {
    loseConsumer(step, consumerId, "producerClosed");
  }
}

export const pauseProducer: Handler<"pauseProducer"> = (asked, params) =>
  mute(asked, params.producerId, true);

export const resumeProducer: Handler<"resumeProducer"> = (asked, params) =>
  mute(asked, params.producerId, false);

function mute(
  asked: Asked,
  producerId: string,
  paused: boolean,
): Answer<"pauseProducer"> {
  const { session } = asked;
  const producer = own(session, "producers", producerId);
  if (!producer) return refusal("producerNotFound");
  const { info } = producer;
  if (!paused && isHeld(session, info.key)) return refusal(HELD);
  if (!isCarried(session, producer)) {
    noteMuted(asked.step.state, session, info.key, paused);
    showPaused(asked.step, session, info, paused);
    return done;
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
  const info = own(session, "producers", producerId)?.info;
  if (!info) return refusal("producerNotFound");
  if (!paused && isHeld(session, info.key)) {
    // The operator was faster, and the SFU may have heard them the other way round.
    pauseInSfu(step, producerId);
    return refusal(HELD);
  }
  noteMuted(step.state, session, info.key, paused);
  showPaused(step, session, info, paused);
  return done;
};

/** Tells the others, if it is news to them. */
export function showPaused(
  step: Step,
  { id: sessionId }: JoinedSession,
  info: ProducerInfo,
  paused: boolean,
): void {
  if (info.paused === paused) return;
  info.paused = paused;
  const { producerId, key } = info;
  const event = paused ? "producerPaused" : "producerResumed";
  tellOthers(step, sessionId, event, { sessionId, producerId, key });
}

export const closeProducer: Handler<"closeProducer"> = (
  { step, session },
  { producerId },
) => {
  const producer = own(session, "producers", producerId);
  if (!producer) return refusal("producerNotFound");
  noteMuted(step.state, session, producer.info.key, false);
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
  owner: JoinedSession,
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
  // With the end of a session, that is announced with it.
  if (cause !== "sessionEnded") {
    announceRemoval(step, owner, producer.info, cause);
  }
}

export function announceRemoval(
  step: Step,
  owner: JoinedSession,
  info: ProducerInfo,
  cause: CloseCause,
): void {
  const type = "producerRemoved";
  announce(step, { type, ...who(owner), ...named(info), cause });
}

const named = ({ producerId, key, kind, source }: ProducerInfo) => ({
  producerId,
  key,
  kind,
  source,
});
