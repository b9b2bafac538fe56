/** The room as a client makes it up from the answer to `join` and the events. */
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
  participantUpdated(roster, { sessionId, name, metadata }) {
    Object.assign(find(roster, sessionId), { name, metadata });
  },
  producerAdded(roster, { sessionId, producer }) {
    find(roster, sessionId).producers.push(structuredClone(producer));
  },
  producerRemoved(roster, { sessionId, producerId }) {
    const { producers } = find(roster, sessionId);
    take(producers, (producer) => producer.producerId === producerId);
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
  transportClosed() {},
  consumerClosed() {},
  dataConsumerClosed() {},
  message() {},
  sessionEnded() {},
};

/** Who is in the room, oneself left out, as the client has been told. */
export function replicaOf(client: Client): ParticipantInfo[] {
  const { participants } = client.result<"join">(1);
  const roster: Roster = new Map();
  for (const participant of participants) {
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

function take<T>(things: T[], which: (thing: T) => boolean): void {
  const index = things.findIndex(which);
  assert.ok(index >= 0, "removed, and was not there");
  things.splice(index, 1);
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
