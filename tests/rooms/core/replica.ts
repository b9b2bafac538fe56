/** The room as a client makes it up from the last snapshot and the events. */
import assert from "node:assert/strict";
import type {
  EventName,
  EventParams,
  ParticipantInfo,
} from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";

type Roster = Map<string, ParticipantInfo>;

/** Each throws when the event does not fit what was told before. */
const apply: {
  [E in EventName]: (roster: Roster, params: EventParams<E>) => void;
} = {
  participantConnected(roster, { participant }) {
    assert.ok(!roster.has(participant.sessionId));
    roster.set(participant.sessionId, structuredClone(participant));
  },
  participantDisconnected(roster, { sessionId }) {
    const { producers, dataProducers } = find(roster, sessionId);
    assert.deepEqual([...producers, ...dataProducers], [], "gone too early");
    roster.delete(sessionId);
  },
  participantReconnecting(roster, { sessionId, graceUntil, graceMs }) {
    assert.ok(graceMs >= 0);
    Object.assign(find(roster, sessionId), {
      state: "reconnecting",
      graceUntil,
    });
  },
  participantReconnected(roster, { sessionId }) {
    const participant = find(roster, sessionId);
    assert.equal(participant.state, "reconnecting", "it was not lost");
    participant.state = "connected";
    delete participant.graceUntil;
  },
  mediaStateChanged(roster, { sessionId, state }) {
    const participant = find(roster, sessionId);
    assert.notEqual(
      participant.mediaState,
      state,
      "told what was true already",
    );
    participant.mediaState = state;
  },
  participantUpdated(roster, { sessionId, name, metadata }) {
    const participant = find(roster, sessionId);
    participant.name = name;
    if (metadata === undefined) delete participant.metadata;
    else participant.metadata = metadata;
  },
  producerAdded(roster, { sessionId, producer }) {
    find(roster, sessionId).producers.push(structuredClone(producer));
  },
  producerRemoved(roster, { sessionId, producerId }) {
    const { producers } = find(roster, sessionId);
    take(producers, (producer) => producer.producerId === producerId);
  },
  producerReplaced(roster, { sessionId, oldProducerId, producer }) {
    const { producers } = find(roster, sessionId);
    const old = take(producers, (one) => one.producerId === oldProducerId);
    assert.equal(old.key, producer.key);
    producers.push(structuredClone(producer));
  },
  producerPaused(roster, { sessionId, producerId }) {
    setPaused(roster, sessionId, producerId, true);
  },
  producerResumed(roster, { sessionId, producerId }) {
    setPaused(roster, sessionId, producerId, false);
  },
  dataProducerAdded(roster, { sessionId, dataProducer }) {
    find(roster, sessionId).dataProducers.push(structuredClone(dataProducer));
  },
  dataProducerRemoved(roster, { sessionId, dataProducerId }) {
    const { dataProducers } = find(roster, sessionId);
    take(
      dataProducers,
      (producer) => producer.dataProducerId === dataProducerId,
    );
  },
  dataProducerReplaced(roster, { sessionId, ...params }) {
    const { oldDataProducerId, dataProducer } = params;
    const { dataProducers } = find(roster, sessionId);
    take(dataProducers, (one) => one.dataProducerId === oldDataProducerId);
    dataProducers.push(structuredClone(dataProducer));
  },
  transportClosed() {},
  consumerClosed() {},
  dataConsumerClosed() {},
  mediaServerLost() {},
  mediaServerReady() {},
  message() {},
  grantsChanged() {},
  mutedByServer() {},
  moved() {},
  policyChanged() {},
  sessionEnded() {},
};

/** Who is in the room, oneself left out, as the client has been told. */
export function replicaOf(client: Client): ParticipantInfo[] {
  const roster: Roster = new Map();
  for (const participant of client.participants) {
    roster.set(participant.sessionId, structuredClone(participant));
  }
  for (const { event, params } of client.events) {
    applyEvent(roster, client.sessionId, event, params);
  }
  roster.delete(client.sessionId);
  return [...roster.values()];
}

function applyEvent<E extends EventName>(
  roster: Roster,
  self: string,
  event: E,
  params: unknown,
): void {
  const about = (params as { sessionId?: string }).sessionId;
  if (about !== self) apply[event](roster, params as EventParams<E>);
}

function find(roster: Roster, sessionId: string): ParticipantInfo {
  const participant = roster.get(sessionId);
  assert.ok(participant, `${sessionId} is not here`);
  return participant;
}

function take<T>(things: T[], which: (thing: T) => boolean): T {
  const index = things.findIndex(which);
  const [thing] = index < 0 ? [] : things.splice(index, 1);
  assert.ok(thing, "removed, and was not there");
  return thing;
}

function setPaused(
  roster: Roster,
  sessionId: string,
  producerId: string,
  paused: boolean,
): void {
  const producer = find(roster, sessionId).producers
    .find((one) => one.producerId === producerId);
  assert.ok(producer, "muted, and was not there");
  assert.equal(producer.paused, !paused, "told what was true already");
  producer.paused = paused;
}
