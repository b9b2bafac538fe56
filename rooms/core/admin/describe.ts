/**
 * Says how a room stands.
 *
 * @module
 */
import { bansOf } from "../bans.ts";
import type { EventLog } from "../event_log.ts";
import { loadOf } from "../load.ts";
import type { Media } from "../media/media.ts";
import { isHeld } from "../media/muting.ts";
import type { JoinedSession } from "../session.ts";
import { joinedSessions, type Step } from "../state.ts";
import type {
  ParticipantDescription,
  RoomDescription,
  RoomSummary,
} from "./description.ts";

export function summarize({ state }: Step): RoomSummary {
  const { name, epoch, createdAt } = state;
  const { sessions, media, log } = loadOf(state);
  const { connected, reconnecting, resuming } = sessions;
  return {
    name,
    epoch,
    createdAt,
    participants: connected + reconnecting + resuming,
    reconnecting,
    producers: media.producers,
    consumers: media.consumers,
    log: { events: log.events, bytes: log.bytes },
  };
}

export function describeRoom({ state, now }: Step): RoomDescription {
  const { name, epoch, createdAt, policy, sfu, router } = state;
  return {
    name,
    epoch,
    createdAt,
    policy,
    sfu,
    router: router.state === "ready"
      ? { state: "ready", id: router.id }
      : { state: router.state },
    bans: bansOf(state, now),
    participants: [...joinedSessions(state)].map(describeParticipant),
  };
}

function describeParticipant(session: JoinedSession): ParticipantDescription {
  const { id, identity, name, metadata, presence, joinedAt } = session;
  const { roundTripMs, access, media, log } = session;
  return {
    sessionId: id,
    identity,
    name,
    ...(metadata !== undefined && { metadata }),
    state: presence.state,
    joinedAt,
    ...(presence.state === "reconnecting" && {
      graceUntil: presence.graceUntil,
    }),
    roundTripMs,
    tokenExpiresAt: access.expiresAt,
    grants: access.grants,
    mediaState: media?.state ?? "new",
    ...describeMedia(session, media),
    log: sizeOf(log),
  };
}

type Described = Pick<
  ParticipantDescription,
  "transports" | "producers" | "consumers" | "dataProducers" | "dataConsumers"
>;

function describeMedia(
  session: JoinedSession,
  media: Media | null,
): Described {
  return {
    transports: list(media?.transports, (transportId, transport) => {
      const { direction, ice, dtls } = transport;
      return { transportId, direction, ice, dtls };
    }),
    producers: list(media?.producers, (_, { transportId, info }) => ({
      ...info,
      transportId,
      mutedByServer: isHeld(session, info.key),
    })),
    consumers: list(media?.consumers, (consumerId, consumer) => ({
      consumerId,
      ...consumer,
    })),
    dataProducers: list(media?.dataProducers, (_, { transportId, info }) => ({
      ...info,
      transportId,
    })),
    dataConsumers: list(media?.dataConsumers, (dataConsumerId, consumer) => ({
      dataConsumerId,
      ...consumer,
    })),
  };
}

const list = <T, R>(
  things: ReadonlyMap<string, T> | undefined,
  describe: (id: string, thing: T) => R,
): R[] => [...things ?? []].map(([id, thing]) => describe(id, thing));

const sizeOf = (log: EventLog | null) => ({
  events: log?.bodies.length ?? 0,
  bytes: log?.bytes ?? 0,
});
