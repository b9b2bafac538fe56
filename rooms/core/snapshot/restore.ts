/**
 * A room as it was kept, for its next owner. Nobody has a connection yet; the
 * input `restored` tells those who are in it so.
 *
 * @module
 */
import { createAccess } from "../access/access.ts";
import { byteLength } from "../bytes.ts";
import type { Body, EventLog } from "../event_log.ts";
import type { SessionId } from "../input.ts";
import type { Direction, Media } from "../media/media.ts";
import { createMedia } from "../media/media.ts";
import { createRequestLog, doubt } from "../request_log.ts";
import type { JoinedSession, Reconnecting } from "../session.ts";
import { createState, type RoomState, type Router } from "../state.ts";
import type { MediaSnapshot, SessionSnapshot, Snapshot } from "./schema.ts";

/** `epoch`: greater than that of the snapshot. */
export function restore(
  snapshot: Snapshot,
  epoch: number,
  now: number,
): RoomState {
  const { name, policy, createdAt, announced, ended, sessions } = snapshot;
  const bodies = snapshot.bodies.map(bodyOf);
  const context = { snapshot, epoch, now, bodies };
  const state: RoomState = {
    ...createState({ name, epoch, policy }, now),
    createdAt,
    firstEpoch: firstEpochOf(snapshot),
    announced,
    router: routerOf(snapshot, now),
    bans: new Map(snapshot.bans),
    ended: new Map(ended),
    sessions: new Map(
      sessions.map((kept) => [kept.id, session(kept, context)]),
    ),
  };
  if (state.router.state === "ready") {
    state.sfu = "down";
    state.claim = { state: "due", at: now };
  }
  if (sessions.length > 0) state.emptyAt = null;
  for (const { id, media } of sessions) {
    if (media) own(state.owners, id, media);
  }
  connectConsumers(state);
  return state;
}

/** What came before it was another room of this name. */
export const firstEpochOf = ({ firstEpoch, createdAt }: Snapshot): number =>
  firstEpoch ?? Math.floor(createdAt);

type Context = {
  readonly snapshot: Snapshot;
  readonly epoch: number;
  readonly now: number;
  readonly bodies: readonly Body[];
};

const bodyOf = ([head, tail]: [string, string]): Body => ({
  head,
  tail,
  bytes: byteLength(head) + byteLength(tail),
});

function routerOf({ router }: Snapshot, now: number): Router {
  if (router === null) return { state: "none" };
  const { id, rtpCapabilities } = router;
  return rtpCapabilities
    ? { state: "ready", id, rtpCapabilities }
    : { state: "lost", id, lostAt: now, failures: 0, retryAt: now };
}

function session(kept: SessionSnapshot, context: Context): JoinedSession {
  const { now, epoch, snapshot: { policy } } = context;
  const { id, identity, name, metadata, joinedAt, seq, incident } = kept;
  const { access, credentials, roundTripMs, forks } = kept;
  const restored = createAccess(access, policy);
  restored.changed = access.changed;
  return {
    state: "joined",
    id,
    identity,
    name,
    metadata,
    workedOffAt: now,
    presence: presenceOf(kept, context),
    joinedAt,
    credentials,
    access: restored,
    wakeAt: null,
    renewIceAt: null,
    seq,
    roundTripMs,
    goneBy: later(kept.goneBy, context),
    forks: [...forks, { epoch, seq }],
    log: logOf(kept, context),
    requests: requestsOf(kept, now),
    media: kept.media && mediaOf(kept.media, context),
    incident: incident && {
      ...incident,
      resumed: incident.resumed && { ...incident.resumed },
    },
    reports: null,
  };
}

/** Nobody could be heard meanwhile, so that the time counts against nobody. */
function presenceOf(
  { heardAt, graceUntil }: SessionSnapshot,
  { now, snapshot: { at, policy } }: Context,
): Reconnecting {
  if (graceUntil === null) {
    const graceUntil = Math.ceil(now + policy.evictAfterMs);
    return { state: "reconnecting", heardAt: now, graceUntil };
  }
  const left = Math.max(0, graceUntil - at);
  return { state: "reconnecting", heardAt, graceUntil: Math.ceil(now + left) };
}

const later = (
  deadline: number | null,
  { now, snapshot: { at } }: Context,
): number | null => deadline === null ? null : now + Math.max(0, deadline - at);

function logOf(
  { log }: SessionSnapshot,
  { bodies: all }: Context,
): EventLog | null {
  const bodies = log.map((place) => all[place]).filter((body) =>
    body !== undefined
  );
  if (bodies.length === 0) return null;
  return { bodies, bytes: bodies.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function requestsOf(
  { answers }: SessionSnapshot,
  now: number,
): JoinedSession["requests"] {
  if (answers.length === 0) return null;
  const log = createRequestLog();
  doubt(log, answers, now);
  return log;
}

function mediaOf(kept: MediaSnapshot, context: Context): Media {
  const media = createMedia();
  const { capabilities } = context.snapshot;
  for (
    const { id, capabilities: place, ice, dtls, handshake } of kept.transports
  ) {
    const received = place === undefined ? undefined : capabilities[place];
    const direction: Direction = received
      ? { direction: "recv", rtpCapabilities: received }
      : { direction: "send" };
    media.transports.set(id, {
      ...direction,
      ice,
      dtls,
      handshake: typeof handshake === "string"
        ? handshake
        : { until: later(handshake.until, context) ?? context.now },
      bytesAtLoss: null,
    });
  }
  for (const one of kept.producers) {
    media.producers.set(one.info.producerId, { ...one, consumers: new Set() });
  }
  for (const one of kept.dataProducers) {
    const { dataProducerId } = one.info;
    media.dataProducers.set(dataProducerId, { ...one, consumers: new Set() });
  }
  for (const [id, transportId, producerId] of kept.consumers) {
    media.consumers.set(id, { transportId, producerId });
  }
  for (const [id, transportId, dataProducerId] of kept.dataConsumers) {
    media.dataConsumers.set(id, { transportId, dataProducerId });
  }
  for (const key of kept.muted) media.muted.add(key);
  media.held = kept.held && new Set(kept.held);
  media.restartBudget = kept.restartBudget;
  media.reported = kept.reported;
  media.state = kept.state;
  return media;
}

function own(
  owners: Map<string, SessionId>,
  owner: SessionId,
  kept: MediaSnapshot,
): void {
  for (const { id } of kept.transports) owners.set(id, owner);
  for (const { info } of kept.producers) owners.set(info.producerId, owner);
  for (const { info } of kept.dataProducers) {
    owners.set(info.dataProducerId, owner);
  }
  for (const [id] of kept.consumers) owners.set(id, owner);
  for (const [id] of kept.dataConsumers) owners.set(id, owner);
}

/** Each producer knows who consumes it. */
function connectConsumers({ sessions, owners }: RoomState): void {
  const mediaOfOwner = (id: string): Media | null => {
    const owner = sessions.get(owners.get(id) ?? "");
    return owner?.state === "joined" ? owner.media : null;
  };
  for (const session of sessions.values()) {
    if (session.state !== "joined" || session.media === null) continue;
    for (const [id, { producerId }] of session.media.consumers) {
      mediaOfOwner(producerId)?.producers.get(producerId)?.consumers.add(id);
    }
    for (const [id, { dataProducerId }] of session.media.dataConsumers) {
      mediaOfOwner(dataProducerId)?.dataProducers.get(dataProducerId)
        ?.consumers.add(id);
    }
  }
}
