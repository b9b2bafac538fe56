/**
 * Writes a room down.
 *
 * @module
 */
import type { RtpCapabilities } from "../../../protocol/mod.ts";
import type { Body } from "../event_log.ts";
import type { Media, Transport } from "../media/media.ts";
import { doubtful } from "../request_log.ts";
import type { JoinedSession } from "../session.ts";
import { joinedSessions, type RoomState } from "../state.ts";
import { type MediaSnapshot, type SessionSnapshot, VERSION } from "./schema.ts";
import type { Snapshot } from "./schema.ts";

const Text = new TextEncoder();

/** Takes longer the more is in the room, and changes nothing. */
export const encode = (state: RoomState): Uint8Array<ArrayBuffer> =>
  Text.encode(JSON.stringify(snapshotOf(state)));

/** Things that many refer to, each written once. */
class Shared<T extends object, Key> {
  readonly all: T[] = [];
  readonly #places = new Map<Key, number>();
  readonly #keyOf: (thing: T) => Key;

  constructor(keyOf: (thing: T) => Key) {
    this.#keyOf = keyOf;
  }

  place(thing: T): number {
    const key = this.#keyOf(thing);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.all.length);
    return this.all.push(thing) - 1;
  }
}

type Bodies = Shared<Body, Body>;
type Capabilities = Shared<RtpCapabilities, string>;

/** Clients of one kind have the same, and never change them. */
const texts = new WeakMap<object, string>();

function textOf(capabilities: RtpCapabilities): string {
  const known = texts.get(capabilities);
  if (known !== undefined) return known;
  const text = JSON.stringify(capabilities);
  texts.set(capabilities, text);
  return text;
}

function snapshotOf(state: RoomState): Snapshot {
  const bodies: Bodies = new Shared((body) => body);
  const capabilities: Capabilities = new Shared(textOf);
  const sessions = [...joinedSessions(state)].map((session) =>
    sessionOf(state, session, bodies, capabilities)
  );
  return {
    version: VERSION,
    name: state.name,
    epoch: state.epoch,
    at: state.lastInputAt,
    createdAt: state.createdAt,
    firstEpoch: state.firstEpoch,
    announced: state.announced,
    policy: state.policy,
    router: routerOf(state),
    bans: [...state.bans],
    ended: [...state.ended],
    bodies: bodies.all.map(({ head, tail }) => [head, tail]),
    capabilities: capabilities.all,
    sessions,
  };
}

function routerOf({ router }: RoomState): Snapshot["router"] {
  const last = router.state === "creating" ? router.replaces : router;
  if (last === null || last.state === "none") return null;
  const { id } = last;
  return last.state === "ready"
    ? { id, rtpCapabilities: last.rtpCapabilities }
    : { id, rtpCapabilities: null };
}

function sessionOf(
  { policy }: RoomState,
  session: JoinedSession,
  bodies: Bodies,
  capabilities: Capabilities,
): SessionSnapshot {
  const { id, identity, name, metadata, joinedAt, presence, media } = session;
  const { grants, changed, expiresAt } = session.access;
  const { goneBy, roundTripMs, seq, incident, forks } = session;
  const { heardAt } = presence;
  return {
    id,
    identity,
    name,
    metadata,
    joinedAt,
    heardAt,
    graceUntil: presence.state === "reconnecting" ? presence.graceUntil : null,
    credentials: {
      ...session.credentials,
      handed: [...session.credentials.handed],
    },
    access: { grants, changed, expiresAt },
    goneBy,
    roundTripMs,
    seq,
    log: session.log?.bodies.map((body) => bodies.place(body)) ?? [],
    forks: [...forks],
    answers: doubtful(session.requests, heardAt, policy),
    incident,
    media: media && mediaOf(media, capabilities),
  };
}

function mediaOf(media: Media, capabilities: Capabilities): MediaSnapshot {
  const published = <T>({ transportId, info }: {
    readonly transportId: string;
    readonly info: T;
  }) => ({ transportId, info });
  return {
    transports: [...media.transports].map(([id, transport]) =>
      transportOf(id, transport, capabilities)
    ),
    producers: [...media.producers.values()].map(published),
    dataProducers: [...media.dataProducers.values()].map(published),
    consumers: [...media.consumers].map((
      [id, consumer],
    ) => [id, consumer.transportId, consumer.producerId]),
    dataConsumers: [...media.dataConsumers].map((
      [id, consumer],
    ) => [id, consumer.transportId, consumer.dataProducerId]),
    muted: [...media.muted],
    held: media.held && [...media.held],
    restartBudget: media.restartBudget,
    reported: media.reported,
    state: media.state,
  };
}

function transportOf(
  id: string,
  transport: Transport,
  capabilities: Capabilities,
): MediaSnapshot["transports"][number] {
  const { ice, dtls, handshake } = transport;
  const states = { id, ice, dtls, handshake };
  return transport.direction === "send" ? states : {
    ...states,
    capabilities: capabilities.place(transport.rtpCapabilities),
  };
}
