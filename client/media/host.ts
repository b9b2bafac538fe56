/**
 * Between the media of a room and the rest of it.
 *
 * @module
 */
import type {
  JoinResult,
  MediaState,
  ResumeResult,
} from "../../protocol/mod.ts";
import type { Diagnostic } from "../api/diagnostics.ts";
import type { ExceptionName } from "../api/recovery.ts";
import type { HoldfastError } from "../errors.ts";
import type { Incidents } from "../incidents.ts";
import type { SignalingHealth } from "../signaling/health.ts";

/** What a resume tells of one's own media. */
export type Resumed = Pick<
  ResumeResult,
  "transports" | "open" | "iceServers" | "snapshot" | "self"
>;

/**
 * The media plane, as signaling sees it. The calls come in the order in which
 * things happen; `SignalingHealth` has changed before each.
 *
 *     healthy -> suspected -> spoke | lost | resumed | ended
 *     healthy ->              lost -> resumed | rejoined | ended
 *     healthy ->              resumed, where the service went and was back in time
 */
export interface SignalingWatcher {
  /** Nothing was heard for a while; fresh connections race the old one. */
  suspected(): void;
  /** The old connection has spoken: nothing was lost. */
  spoke(): void;
  /** There is no connection. Requests wait for the next one. */
  lost(): void;
  /**
   * The same session goes on, on another connection. What needs to be recovered
   * reports `trouble` or `looking` before this returns, so that it is counted
   * into the incident that the loss has begun.
   */
  resumed(resumed: Resumed): void;
  /**
   * The session was over, and a new one has taken its place. At the service
   * nothing is left of transports, producers and consumers.
   */
  rejoined(joined: JoinResult): void;
  /** The room is over. Nothing follows. */
  ended(): void;
}

/** The room, as the media plane sees it. */
export interface MediaHost {
  readonly signaling: SignalingHealth;
  /** When the service was heard last, by the clock of the ports. */
  readonly signalingHeardAt: number;
  readonly incidents: Incidents;
  /**
   * Resolves when all that was missed before a resume is told, and what was done
   * of what was asked before is answered. Rejects when nobody will know.
   */
  caughtUp(): Promise<void>;
  /** ICE came back by itself: the fastest sign that the network is back. */
  iceReconnected(): void;
  /** The worst state of all transports. Called at each change, or more often. */
  mediaState(state: MediaState): void;
  exception(error: HoldfastError, name?: ExceptionName): void;
  diagnostic(diagnostic: Diagnostic): void;
}
