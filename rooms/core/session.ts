/**
 * One stay of a participant. It is joining until the room has a router, then
 * joined, and ends by leaving the room's table (`end.ts`). A joined session
 * outlives its connections: its presence says how it stands with them, and what
 * it owns belongs to it in each.
 *
 * @module
 */
import type { Policy } from "../../protocol/mod.ts";
import { type Access, createAccess, type Rights } from "./access/access.ts";
import type { Budget } from "./budget.ts";
import type { SeenRecovery } from "./effect.ts";
import type { EventLog, Fork } from "./event_log.ts";
import type { ConnectionId, IceServers, Secret, SessionId } from "./input.ts";
import type { Media } from "./media/media.ts";
import type { RequestLog } from "./request_log.ts";
import { createCredentials, type Credentials } from "./secrets.ts";

type Participant = {
  readonly id: SessionId;
  readonly identity: string;
  name: string;
  /** `undefined`: none. */
  metadata: unknown;
  /** When all that it has said is worked off, at the pace of the policy. */
  workedOffAt: number;
};

/** A connection of a session, which speaks for it. */
export type Line = {
  readonly connection: ConnectionId;
  /** Frames in a row that made no sense. */
  invalidFrames: number;
};

/** Unknown to the others, and without a clock: the router's deadline is its own. */
export type JoiningSession = Participant & Line & {
  readonly state: "joining";
  /** Of the `join`, to be answered. */
  readonly requestId: number;
  readonly secret: Secret;
  readonly rights: Rights;
  readonly iceServers: IceServers;
};

export type JoinedSession = Participant & {
  readonly state: "joined";
  presence: Presence;
  readonly joinedAt: number;
  readonly credentials: Credentials;
  readonly access: Access;
  /** Of its entry in the agenda; `null`: it has none. */
  wakeAt: number | null;
  /** When it is told other ICE servers; `null`: never. */
  renewIceAt: number | null;
  /** Of the last event told. */
  seq: number;
  /** Where the numbers of its events were used twice, the oldest first. */
  forks: readonly Fork[];
  /** Of the last ping that was timed; `null`: none yet. */
  roundTripMs: number | null;
  /** By when a client that was told to go elsewhere must have gone; `null`: none was. */
  goneBy: number | null;
  /** What most sessions do not have at any time is made when it is needed. */
  log: EventLog | null;
  requests: RequestLog | null;
  media: Media | null;
  incident: Incident | null;
  /** Reports of recoveries that the client has given. */
  reports: Budget | null;
};

export type Session = JoiningSession | JoinedSession;

export type Presence = Connected | Reconnecting | Resuming;

/** It has a connection that speaks. */
export type Connected = Line & {
  readonly state: "connected";
  heardAt: number;
  nextPingAt: number;
  /** The id of the last ping; 0: none yet. */
  lastPing: number;
  /** One ping at a time is timed, also where round trips outlast the interval. */
  timed: { readonly ping: number; readonly sentAt: number } | null;
};

/** It has no connection, and its place is held. */
export type Reconnecting = {
  readonly state: "reconnecting";
  readonly heardAt: number;
  /** When it is evicted. */
  graceUntil: number;
};

/** It has another connection, which is answered when the SFU has been asked. */
export type Resuming = Line & {
  readonly state: "resuming";
  /** Of the `resume`, to be answered. */
  readonly requestId: number;
  readonly heardAt: number;
  readonly ack: number;
  /** Whether it has known the room under another epoch. */
  readonly isFromBefore: boolean;
  /** For the next resume. */
  readonly secret: string;
  readonly iceServers: IceServers;
  readonly evidence: Evidence;
  /** When it is answered with what is known by then. */
  readonly until: number;
};

export type LossTrigger = SeenRecovery["trigger"];

/** A session was lost, and the report of it is not given yet. */
export type Incident = {
  readonly trigger: LossTrigger;
  /** When the session was last heard. */
  readonly startedAt: number;
  readonly lostAt: number;
  /** When it was over, and until when the client's report is waited for. */
  readonly resumed: { readonly at: number; readonly until: number } | null;
};

/** How the transports are, after an outage. */
export type Evidence = {
  /** Whether the outage was so long that states alone prove nothing. */
  readonly isNeeded: boolean;
  /** Transports of which the SFU has not said yet how they are. */
  readonly unknown: Set<string>;
  /** Those on which something came in since the loss, and still does. */
  readonly flowing: Set<string>;
};

export const connectedOn = (
  connection: ConnectionId,
  now: number,
  pingIntervalMs: number,
): Connected => ({
  state: "connected",
  connection,
  invalidFrames: 0,
  heardAt: now,
  nextPingAt: now + pingIntervalMs,
  lastPing: 0,
  timed: null,
});

const NO_FORKS: readonly Fork[] = [];

/** Lets a session in, with its first ping one interval after. */
export const enter = (
  { id, identity, name, metadata, connection, secret, rights, iceServers }:
    JoiningSession,
  now: number,
  policy: Policy,
): JoinedSession => ({
  state: "joined",
  id,
  identity,
  name,
  metadata,
  workedOffAt: now,
  presence: connectedOn(connection, now, policy.pingIntervalMs),
  joinedAt: Math.floor(now),
  credentials: createCredentials(secret.hash),
  access: createAccess(rights, policy),
  wakeAt: null,
  renewIceAt: iceServers.renewAt,
  goneBy: null,
  seq: 0,
  forks: NO_FORKS,
  roundTripMs: null,
  log: null,
  requests: null,
  media: null,
  incident: null,
  reports: null,
});

/** Of the connection that speaks for a session, if one does. */
export function lineOf(session: Session): Line | null {
  if (session.state === "joining") return session;
  return session.presence.state === "reconnecting" ? null : session.presence;
}
