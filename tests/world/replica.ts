/**
 * The room as a client makes it up from what it is told. Each event must fit
 * what was told before it.
 */
import assert from "node:assert/strict";
import { difference } from "../../client/model/difference.ts";
import type { RoomEvent } from "../../client/signaling/messages.ts";
import type {
  DataProducerInfo,
  EventName,
  EventParams,
  ParticipantInfo,
  ProducerInfo,
} from "../../protocol/mod.ts";

class Others extends Map<string, ParticipantInfo> {
  areOfManyClocks = false;
}

export class Replica {
  readonly self: string;
  readonly #others = new Others();

  constructor(self: string, participants: readonly ParticipantInfo[]) {
    this.self = self;
    this.#reset(participants.filter((one) => one.sessionId !== self));
  }

  /** All but oneself, in the order in which they came. */
  get others(): ParticipantInfo[] {
    return [...this.#others.values()];
  }

  /** Times that are told from now on may be by the clocks of many processes. */
  ownerChanged(): void {
    this.#others.areOfManyClocks = true;
  }

  /** The difference must lead from what was told to what is (RS7). */
  become(participants: readonly ParticipantInfo[], now: number): void {
    const others = participants.filter((one) => one.sessionId !== this.self);
    const events = difference(this.others, others, {
      reason: "left",
      graceMs: (graceUntil) => graceUntil - now,
    });
    for (const event of events) this.#become(event);
    const byId = new Map(others.map((one) => [one.sessionId, one]));
    for (const one of this.others) {
      assert.deepEqual(
        plain(one),
        plain(byId.get(one.sessionId)),
        "the difference leads elsewhere (RS7)",
      );
    }
    assert.equal(
      this.#others.size,
      byId.size,
      "the difference misses somebody",
    );
    this.#reset(others);
  }

  /** What has happened in between is told in as few events as it takes. */
  #become({ name, params }: RoomEvent): void {
    if (name === "participantDisconnected") {
      const other = find(this.#others, params.sessionId);
      other.producers = [];
      other.dataProducers = [];
    }
    if (name === "producerReplaced") {
      const { producers } = find(this.#others, params.sessionId);
      const old = producers[indexOf(producers, params.oldProducerId)];
      if (old) old.paused = params.producer.paused;
    }
    this.apply(name, params);
  }

  #reset(others: readonly ParticipantInfo[]): void {
    this.#others.clear();
    for (const other of others) {
      this.#others.set(other.sessionId, structuredClone(other));
    }
  }

  apply<E extends EventName>(event: E, params: EventParams<E>): void {
    const isOwn = "sessionId" in params && params.sessionId === this.self;
    if (!isOwn) handlers[event](this.#others, params);
  }
}

/** Each throws when the event does not fit what was told before. */
const handlers: {
  [E in EventName]: (others: Others, params: EventParams<E>) => void;
} = {
  participantConnected(others, { participant }) {
    assert.ok(!others.has(participant.sessionId), "came in twice");
    others.set(participant.sessionId, structuredClone(participant));
  },
  participantDisconnected(others, { sessionId }) {
    const { producers, dataProducers } = find(others, sessionId);
    assert.deepEqual([...producers, ...dataProducers], [], "gone too early");
    others.delete(sessionId);
  },
  /** Told again only where the grace has become longer. */
  participantReconnecting(others, { sessionId, graceUntil }) {
    const other = find(others, sessionId);
    const { graceUntil: before = -Infinity } = other;
    const isLonger = others.areOfManyClocks || graceUntil > before;
    assert.ok(isLonger, `${sessionId} is reconnecting already`);
    other.state = "reconnecting";
    other.graceUntil = graceUntil;
  },
  participantReconnected(others, { sessionId }) {
    const other = find(others, sessionId);
    assert.equal(other.state, "reconnecting", `${sessionId} was not lost`);
    other.state = "connected";
    delete other.graceUntil;
  },
  participantUpdated(others, { sessionId, name, metadata }) {
    const other = find(others, sessionId);
    other.name = name;
    if (metadata === undefined) delete other.metadata;
    else other.metadata = metadata;
  },
  mediaStateChanged(others, { sessionId, state }) {
    const other = find(others, sessionId);
    assert.notEqual(other.mediaState, state, "told what was true already");
    other.mediaState = state;
  },

  producerAdded(others, { sessionId, producer }) {
    const other = find(others, sessionId);
    assert.ok(!hasKey(other, producer.key), `two have the key ${producer.key}`);
    other.producers.push(structuredClone(producer));
  },
  producerRemoved(others, { sessionId, producerId }) {
    const { producers } = find(others, sessionId);
    producers.splice(indexOf(producers, producerId), 1);
  },
  producerReplaced(others, { sessionId, oldProducerId, producer }) {
    const { producers } = find(others, sessionId);
    const index = indexOf(producers, oldProducerId);
    const old = producers[index];
    assert.equal(producer.key, old?.key, "replaced under another key");
    assert.equal(producer.paused, old?.paused, "muted as it was (MD7)");
    producers[index] = structuredClone(producer);
  },
  producerPaused(others, { sessionId, producerId }) {
    setPaused(others, sessionId, producerId, true);
  },
  producerResumed(others, { sessionId, producerId }) {
    setPaused(others, sessionId, producerId, false);
  },

  dataProducerAdded(others, { sessionId, dataProducer }) {
    const other = find(others, sessionId);
    const { key } = dataProducer;
    assert.ok(!hasKey(other, key), `two have the key ${key}`);
    other.dataProducers.push(structuredClone(dataProducer));
  },
  dataProducerRemoved(others, { sessionId, dataProducerId }) {
    const { dataProducers } = find(others, sessionId);
    dataProducers.splice(indexOfData(dataProducers, dataProducerId), 1);
  },
  dataProducerReplaced(others, { sessionId, oldDataProducerId, dataProducer }) {
    const { dataProducers } = find(others, sessionId);
    const index = indexOfData(dataProducers, oldDataProducerId);
    const old = dataProducers[index];
    assert.equal(dataProducer.key, old?.key, "replaced under another key");
    dataProducers[index] = structuredClone(dataProducer);
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

/** What is published has no order. */
export function plain(info: ParticipantInfo | undefined) {
  const byKey = (a: { key: string }, b: { key: string }) =>
    a.key < b.key ? -1 : 1;
  return info && JSON.parse(JSON.stringify({
    ...info,
    producers: info.producers.toSorted(byKey),
    dataProducers: info.dataProducers.toSorted(byKey),
  }));
}

function find(others: Others, sessionId: string): ParticipantInfo {
  const other = others.get(sessionId);
  assert.ok(other, `${sessionId} is not here`);
  return other;
}

const hasKey = (
  { producers, dataProducers }: ParticipantInfo,
  key: string,
): boolean =>
  [...producers, ...dataProducers].some((thing) => thing.key === key);

function indexOf(producers: readonly ProducerInfo[], id: string): number {
  const index = producers.findIndex(({ producerId }) => producerId === id);
  assert.ok(index >= 0, `${id} is not here`);
  return index;
}

function indexOfData(
  producers: readonly DataProducerInfo[],
  id: string,
): number {
  const index = producers.findIndex((one) => one.dataProducerId === id);
  assert.ok(index >= 0, `${id} is not here`);
  return index;
}

function setPaused(
  others: Others,
  sessionId: string,
  producerId: string,
  paused: boolean,
): void {
  const { producers } = find(others, sessionId);
  const producer = producers[indexOf(producers, producerId)];
  assert.equal(producer?.paused, !paused, "told what was true already");
  if (producer) producer.paused = paused;
}
