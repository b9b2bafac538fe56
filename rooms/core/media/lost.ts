/**
 * What is left of media when the SFU has lost the router (MD9). Transports and
 * consumers are gone, and their owners know. What was published stays on the
 * books under its keys, carried by nothing until its owner publishes it anew.
 *
 * @module
 */
import { tell } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import { setAlarm } from "../session_clock.ts";
import { joinedSessions, type RoomState, type Step } from "../state.ts";
import { isCarried, published } from "./carried.ts";
import { removeConsumer } from "./consumers.ts";
import { removeDataConsumer, removeDataProducer } from "./data.ts";
import { find, idsOf, remove } from "./owned.ts";
import { removeProducer } from "./producers.ts";
import { updateMediaState } from "./state.ts";

/** Milliseconds that an owner has to publish anew, once that is possible. */
const REBUILD_LIMIT_MS = 30_000;

/** Takes everything off the books that is gone with the router. */
export function loseMedia(step: Step): void {
  for (const session of joinedSessions(step.state)) forget(step, session);
}

/** From now on, what was published can be published anew. */
export function expectMedia(step: Step): void {
  for (const session of joinedSessions(step.state)) expect(step, session);
}

function expect({ state, now }: Step, session: JoinedSession): void {
  const isWaiting = published(session)
    .some(([_, thing]) => !isCarried(session, thing));
  if (session.media === null || !isWaiting) return;
  session.media.rebuildBy = now + REBUILD_LIMIT_MS;
  setAlarm(state, session);
}

/**
 * Takes a transport off the books that is gone with one of several sidecars.
 * Its owner makes it anew, with all that it carried; the others notice nothing
 * but a track that stands still until then.
 */
export function strand(
  step: Step,
  session: JoinedSession,
  transportId: string,
): void {
  const { state } = step;
  const { media } = session;
  if (media === null) return;
  remove(state, session, "transports", transportId);
  for (const [id, thing] of media.consumers) {
    if (thing.transportId === transportId) removeConsumer(state, session, id);
  }
  for (const [id, thing] of media.dataConsumers) {
    if (thing.transportId === transportId) {
      removeDataConsumer(state, session, id);
    }
  }
  for (const [_, { transportId: id, consumers }] of published(session)) {
    if (id === transportId) forgetConsumers(state, consumers);
  }
  tell(step, session, "transportClosed", { transportId, cause: "lost" });
  expect(step, session);
  updateMediaState(step, session);
}

/** They wait for what takes its place, which comes with an event of its own. */
function forgetConsumers(state: RoomState, consumers: Set<string>): void {
  for (const id of consumers) {
    for (const kind of ["consumers", "dataConsumers"] as const) {
      const owner = find(state, kind, id)?.owner;
      if (owner) remove(state, owner, kind, id);
    }
  }
  consumers.clear();
}

/** Ends what its owner does not publish anew. One who is away cannot. */
export function watchRebuild(step: Step, session: JoinedSession): void {
  const { media } = session;
  if (media === null || step.now < (media.rebuildBy ?? Infinity)) return;
  if (session.presence.state === "connected") {
    media.rebuildBy = null;
    endUncarried(step, session);
  } else {
    media.rebuildBy = step.now + REBUILD_LIMIT_MS;
  }
}

/** For the time in which the room did not hear that it was done. */
export function delayRebuild({ media }: JoinedSession, ms: number): void {
  if (media?.rebuildBy) media.rebuildBy += ms;
}

function forget(step: Step, session: JoinedSession): void {
  const { media } = session;
  if (media === null) return;
  for (const kind of ["transports", "consumers", "dataConsumers"] as const) {
    for (const id of idsOf(session, [kind])) {
      remove(step.state, session, kind, id);
    }
  }
  for (const { consumers } of media.producers.values()) consumers.clear();
  for (const { consumers } of media.dataProducers.values()) consumers.clear();
  media.restartBudget = null;
  media.rebuildBy = null;
  updateMediaState(step, session);
}

/** Not the owner's doing, so the owner is told as well. */
function endUncarried(step: Step, session: JoinedSession): void {
  const cause = "transportClosed";
  const { id: sessionId, media } = session;
  for (const [producerId, producer] of [...media?.producers ?? []]) {
    if (isCarried(session, producer)) continue;
    removeProducer(step, session, producerId, cause);
    const { key } = producer.info;
    tell(step, session, "producerRemoved", {
      sessionId,
      producerId,
      key,
      cause,
    });
  }
  for (const [dataProducerId, producer] of [...media?.dataProducers ?? []]) {
    if (isCarried(session, producer)) continue;
    removeDataProducer(step, session, dataProducerId, cause);
    const { key } = producer.info;
    tell(step, session, "dataProducerRemoved", {
      sessionId,
      dataProducerId,
      key,
      cause,
    });
  }
}
