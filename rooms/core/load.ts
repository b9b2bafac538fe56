/**
 * How much a room holds at the moment, for metrics.
 *
 * @module
 */
import type { Kind, Media } from "./media/media.ts";
import type { Session } from "./session.ts";
import type { RoomState } from "./state.ts";

/** Where a session is: on its way in, or how it stands with its connections. */
export type SessionStage =
  | "joining"
  | "connected"
  | "reconnecting"
  | "resuming";

export type RoomLoad = {
  readonly sessions: Readonly<Record<SessionStage, number>>;
  readonly media: Readonly<Record<Kind, number>>;
  /** Events that clients have not acknowledged. */
  readonly log: {
    readonly events: number;
    readonly bytes: number;
    /** Of the session that has the most. */
    readonly largestBytes: number;
  };
};

const stageOf = (session: Session): SessionStage =>
  session.state === "joining" ? "joining" : session.presence.state;

export function loadOf({ sessions: all }: RoomState): RoomLoad {
  const sessions = { joining: 0, connected: 0, reconnecting: 0, resuming: 0 };
  const media = {
    transports: 0,
    producers: 0,
    consumers: 0,
    dataProducers: 0,
    dataConsumers: 0,
  };
  const log = { events: 0, bytes: 0, largestBytes: 0 };
  for (const session of all.values()) {
    sessions[stageOf(session)] += 1;
    if (session.state === "joining") continue;
    if (session.media !== null) count(session.media, media);
    if (session.log === null) continue;
    const { bodies, bytes } = session.log;
    log.events += bodies.length;
    log.bytes += bytes;
    log.largestBytes = Math.max(log.largestBytes, bytes);
  }
  return { sessions, media, log };
}

function count(from: Media, to: Record<Kind, number>): void {
  to.transports += from.transports.size;
  to.producers += from.producers.size;
  to.consumers += from.consumers.size;
  to.dataProducers += from.dataProducers.size;
  to.dataConsumers += from.dataConsumers.size;
}
