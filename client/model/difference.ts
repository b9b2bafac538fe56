import type {
  DataProducerInfo,
  EndReason,
  ParticipantInfo,
  ProducerInfo,
} from "../../protocol/mod.ts";
import type { RoomEvent } from "../signaling/messages.ts";

/** As far as it is known on this side. */
export type KnownParticipant =
  & Pick<
    ParticipantInfo,
    "sessionId" | "name" | "metadata" | "state" | "graceUntil" | "mediaState"
  >
  & {
    readonly producers: readonly KnownProducer[];
    readonly dataProducers: readonly KnownDataProducer[];
  };
export type KnownProducer = Pick<
  ProducerInfo,
  "producerId" | "key" | "kind" | "source" | "paused"
>;
export type KnownDataProducer = Pick<
  DataProducerInfo,
  "dataProducerId" | "key" | "label" | "protocol"
>;

export type DifferenceOptions = {
  /** Of those who are gone, for all that is known. */
  readonly reason: EndReason;
  /** Milliseconds that are left of a grace. */
  readonly graceMs: (graceUntil: number) => number;
};

/** What must have happened, told as the events that were missed. */
export function difference(
  before: readonly KnownParticipant[],
  after: readonly ParticipantInfo[],
  options: DifferenceOptions,
): RoomEvent[] {
  const known = new Map(before.map((info) => [info.sessionId, info]));
  const present = new Set(after.map(({ sessionId }) => sessionId));
  const gone = before.filter(({ sessionId }) => !present.has(sessionId));
  const { reason } = options;
  return [
    ...gone.map(({ sessionId }): RoomEvent => ({
      name: "participantDisconnected",
      params: { sessionId, reason },
    })),
    ...after.flatMap((now): RoomEvent[] => {
      const was = known.get(now.sessionId);
      return was === undefined
        ? [{ name: "participantConnected", params: { participant: now } }]
        : [
          ...changesOf(was, now, options),
          ...producersOf(was, now),
          ...dataProducersOf(was, now),
        ];
    }),
  ];
}

function* changesOf(
  was: KnownParticipant,
  now: ParticipantInfo,
  options: DifferenceOptions,
): Generator<RoomEvent> {
  const { sessionId, name, metadata, graceUntil, mediaState } = now;
  if (name !== was.name || !isSameJson(metadata, was.metadata)) {
    yield { name: "participantUpdated", params: { sessionId, name, metadata } };
  }
  if (now.state === "connected" && was.state === "reconnecting") {
    yield { name: "participantReconnected", params: { sessionId } };
  }
  if (graceUntil !== undefined && graceUntil !== was.graceUntil) {
    const graceMs = options.graceMs(graceUntil);
    const params = { sessionId, graceUntil, graceMs };
    yield { name: "participantReconnecting", params };
  }
  if (mediaState !== was.mediaState) {
    const params = { sessionId, state: mediaState };
    yield { name: "mediaStateChanged", params };
  }
}

function* producersOf(
  was: KnownParticipant,
  { sessionId, producers }: ParticipantInfo,
): Generator<RoomEvent> {
  const present = new Map(
    producers.map((producer) => [producer.key, producer]),
  );
  for (const old of was.producers) {
    if (isSameTrack(old, present.get(old.key))) continue;
    const { producerId, key } = old;
    const params = { sessionId, producerId, key, cause: "closed" } as const;
    yield { name: "producerRemoved", params };
  }
  for (const producer of producers) {
    const { producerId, key, paused } = producer;
    const old = was.producers.find((old) => isSameTrack(old, producer));
    if (old === undefined) {
      yield { name: "producerAdded", params: { sessionId, producer } };
    } else if (old.producerId !== producerId) {
      const params = { sessionId, oldProducerId: old.producerId, producer };
      yield { name: "producerReplaced", params };
    } else if (old.paused !== paused) {
      const name = paused ? "producerPaused" : "producerResumed";
      yield { name, params: { sessionId, producerId, key } };
    }
  }
}

function* dataProducersOf(
  was: KnownParticipant,
  { sessionId, dataProducers }: ParticipantInfo,
): Generator<RoomEvent> {
  const present = new Map(dataProducers.map((data) => [data.key, data]));
  for (const old of was.dataProducers) {
    if (isSameChannel(old, present.get(old.key))) continue;
    const { dataProducerId, key } = old;
    const params = { sessionId, dataProducerId, key, cause: "closed" } as const;
    yield { name: "dataProducerRemoved", params };
  }
  for (const dataProducer of dataProducers) {
    const old = was.dataProducers.find((old) =>
      isSameChannel(old, dataProducer)
    );
    if (old === undefined) {
      yield { name: "dataProducerAdded", params: { sessionId, dataProducer } };
    } else if (old.dataProducerId !== dataProducer.dataProducerId) {
      const oldDataProducerId = old.dataProducerId;
      const params = { sessionId, oldDataProducerId, dataProducer };
      yield { name: "dataProducerReplaced", params };
    }
  }
}

/** Under the same key, maybe through another producer. */
const isSameTrack = (a: KnownProducer, b: KnownProducer | undefined) =>
  a.key === b?.key && a.kind === b.kind && a.source === b.source;

const isSameChannel = (
  a: KnownDataProducer,
  b: KnownDataProducer | undefined,
) => a.key === b?.key && a.label === b.label && a.protocol === b.protocol;

const isSameJson = (a: unknown, b: unknown): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
