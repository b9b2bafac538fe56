/**
 * One stay of a participant. It is joining until the room has a router, then
 * connected, and ends by leaving the room's table (`end.ts`).
 *
 * @module
 */
import type { ConnectionId, SessionId } from "./input.ts";
import { createMedia, type Media, type UnderWay } from "./media/media.ts";

type Participant = {
  readonly id: SessionId;
  readonly identity: string;
  name: string;
  /** `undefined`: none. */
  metadata: unknown;
  readonly connection: ConnectionId;
  /** Frames in a row that made no sense. */
  invalidFrames: number;
};

/** Unknown to the others, and without a clock: the router's deadline is its own. */
export type JoiningSession = Participant & {
  readonly state: "joining";
  /** Of the `join`, to be answered. */
  readonly requestId: number;
};

export type ConnectedSession = Participant & {
  readonly state: "connected";
  readonly heartbeat: Heartbeat;
  /** Of the last event told. */
  seq: number;
  /** The client has handled the events up to here. */
  acked: number;
  readonly media: Media;
  readonly underWay: UnderWay;
};

export type Heartbeat = {
  heardAt: number;
  nextPingAt: number;
  /** The id of the last ping; 0: none yet. */
  lastPing: number;
  /** One ping at a time is timed, also where round trips outlast the interval. */
  timed: { readonly ping: number; readonly sentAt: number } | null;
  roundTripMs: number | null;
};

export type Session = JoiningSession | ConnectedSession;

/** Lets a session in, with its first ping one interval after. */
export const connect = (
  { requestId: _, ...joining }: JoiningSession,
  now: number,
  pingIntervalMs: number,
): ConnectedSession => ({
  ...joining,
  state: "connected",
  heartbeat: {
    heardAt: now,
    nextPingAt: now + pingIntervalMs,
    lastPing: 0,
    timed: null,
    roundTripMs: null,
  },
  seq: 0,
  acked: 0,
  media: createMedia(),
  underWay: {
    calls: 0,
    transports: 0,
    producers: 0,
    dataProducers: 0,
    consumers: 0,
    dataConsumers: 0,
  },
});
