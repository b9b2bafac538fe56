/**
 * Everything a room knows, as plain data: it can be copied, stored and taken up
 * again elsewhere.
 *
 * @module
 */
import type { EndReason, Policy, RtpCapabilities } from "../../protocol/mod.ts";
import type { Alarm } from "./agenda.ts";
import type { Ban } from "./bans.ts";
import type { Effect } from "./effect.ts";
import type { ConnectionId, SessionId } from "./input.ts";
import type { Close, Pending } from "./media/pending.ts";
import type { JoinedSession, Session } from "./session.ts";

export type RoomSettings = {
  readonly name: string;
  /** Grows each time another process takes the room over. */
  readonly epoch: number;
  readonly policy: Policy;
  /** Of the room that had this name before. */
  readonly bans?: readonly Ban[];
};

export type Router =
  /** Nobody has needed one yet, or the last attempt failed. */
  | { readonly state: "none" }
  | {
    readonly state: "creating";
    readonly call: number;
    readonly until: number;
    /** `null`: the room has had none before. */
    readonly replaces: LostRouter | null;
  }
  | {
    readonly state: "ready";
    readonly id: string;
    readonly rtpCapabilities: RtpCapabilities;
  }
  | LostRouter;

/** The SFU closed it; there is nothing left to close, and another is wanted. */
export type LostRouter = {
  readonly state: "lost";
  readonly id: string;
  readonly lostAt: number;
  /** Of attempts to make another. */
  readonly failures: number;
  /** When that is tried again, if somebody is here and the SFU is up. */
  readonly retryAt: number;
};

/** Of a router that another process has made. */
export type Claim =
  | { readonly state: "due"; readonly at: number }
  | { readonly state: "asked" };

/** Made by the SFU, and nobody owns it. */
export type Orphan = {
  readonly kind:
    | "transport"
    | "producer"
    | "consumer"
    | "dataProducer"
    | "dataConsumer";
  readonly id: string;
};

/** How far the search for them has come. */
export type OrphanSearch =
  | { readonly state: "due"; readonly at: number }
  /** The SFU has been asked what is open. */
  | { readonly state: "asked" }
  /** Of those that nobody owned, some may yet get an owner by a late answer. */
  | {
    readonly state: "waiting";
    readonly found: readonly Orphan[];
    readonly until: number;
  };

export type RoomState = Pick<RoomSettings, "name" | "epoch"> & {
  policy: Policy;
  readonly createdAt: number;
  /** Of its first owner. */
  readonly firstEpoch: number;
  phase: "open" | "ended";
  router: Router;
  sfu: "up" | "down";
  /** Until the router is ours under this epoch, the SFU counts as down. */
  claim: Claim | null;
  /** How many announcements there were, also under former epochs. */
  announced: number;
  /** In the order in which they were admitted. */
  readonly sessions: Map<SessionId, Session>;
  /** Why sessions have ended lately, where it was not that they were lost. */
  readonly ended: Map<SessionId, EndReason>;
  /** By identity, until when it may not come in. */
  readonly bans: Map<string, number>;
  /** Those that are open; whatever a connection says that is not here is ignored. */
  readonly connections: Map<ConnectionId, SessionId>;
  /** Of transports, producers and consumers, by their ids. */
  readonly owners: Map<string, SessionId>;
  /** Calls to the SFU by their number. */
  readonly pending: Map<number, Pending>;
  nextCall: number;
  readonly agenda: Alarm[];
  /** Closes that the SFU has not heard of. */
  readonly unclosed: Close[];
  /** When those are tried again; `null`: not before the SFU is up. */
  retryClosesAt: number | null;
  /** `null`: no call has left anything behind, as far as is known. */
  orphans: OrphanSearch | null;
  /** When the room ends unless somebody comes; `null`: somebody is here. */
  emptyAt: number | null;
  lastInputAt: number;
};

/** One input on its way through the core. */
export type Step = {
  readonly state: RoomState;
  readonly now: number;
  readonly effects: Effect[];
};

export const createState = (
  { name, epoch, policy, bans = [] }: RoomSettings,
  now: number,
): RoomState => ({
  name,
  epoch,
  policy,
  createdAt: Math.floor(now),
  firstEpoch: epoch,
  phase: "open",
  router: { state: "none" },
  sfu: "up",
  claim: null,
  announced: 0,
  sessions: new Map(),
  ended: new Map(),
  bans: new Map(bans.map(({ identity, until }) => [identity, until])),
  connections: new Map(),
  owners: new Map(),
  pending: new Map(),
  nextCall: 1,
  agenda: [],
  unclosed: [],
  retryClosesAt: null,
  orphans: null,
  emptyAt: now + policy.emptyRoomMs,
  lastInputAt: now,
});

/** The session of this id, if it is in the room. */
export function joined(
  state: RoomState,
  id: SessionId | undefined,
): JoinedSession | undefined {
  const session = id === undefined ? undefined : state.sessions.get(id);
  return session?.state === "joined" ? session : undefined;
}

/** All who are in the room, in the order in which they came. */
export function* joinedSessions(
  { sessions }: RoomState,
): Generator<JoinedSession> {
  for (const session of sessions.values()) {
    if (session.state === "joined") yield session;
  }
}
