/**
 * Between the two planes of a room: what signaling tells media, what media
 * tells the room, and the incident of which both write one report.
 *
 * @module
 */
import type {
  JoinResult,
  MediaState,
  RecoveryReport,
  RecoveryStep,
  RecoveryTrigger,
  ResumeResult,
} from "../protocol/mod.ts";
import type { Diagnostic } from "./api/diagnostics.ts";
import type { ExceptionName } from "./api/recovery.ts";
import type { HoldfastError } from "./errors.ts";

export type { ExceptionName } from "./api/recovery.ts";

/** Media is recovered only while signaling is `healthy` (MD5). */
export type SignalingHealth = "healthy" | "suspected" | "lost" | "ended";

/** What a resume tells of one's own media. */
export type Resumed =
  & Pick<ResumeResult, "transports" | "open" | "iceServers" | "snapshot">
  /** Milliseconds from the last sign of life to the answer. */
  & { readonly outageMs: number };

/**
 * The media plane, as signaling sees it. The calls come in the order in which
 * things happen; `SignalingHealth` has changed before each.
 *
 *     healthy -> suspected -> spoke | lost | resumed | ended
 *     healthy ->              lost -> resumed | rejoined | ended
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
  /** ICE came back by itself: the fastest sign that the network is back. */
  iceReconnected(): void;
  /** The worst state of all transports. Called at each change, or more often. */
  mediaState(state: MediaState): void;
  exception(error: HoldfastError, name?: ExceptionName): void;
  diagnostic(diagnostic: Diagnostic): void;
}

export type Plane = "signaling" | "media";

/** What one room goes through, one incident after the other. */
export interface Incidents {
  /**
   * A plane does not work. Begins an incident, or joins the one under way; the
   * room is `reconnecting` until all planes are `fine`. Repeating it is free.
   */
  trouble(plane: Plane, trigger: RecoveryTrigger, error: HoldfastError): void;
  /**
   * Nobody knows yet whether a plane works: the incident under way stays open,
   * and nothing is counted. Without one it does nothing.
   */
  looking(plane: Plane): void;
  /** A plane works. The incident is over when both do. */
  fine(plane: Plane): void;
  /** Of the incident under way. Without one it does nothing. */
  step(step: RecoveryStep["step"], detail?: string): void;
}

/** Hears of incidents. */
export interface IncidentListener {
  /** A plane stopped working, the first of the incident to do so. */
  reconnecting(error: HoldfastError): void;
  /** Both work again. */
  reconnected(): void;
  /** At once, as the report will have it. */
  step(step: RecoveryStep["step"], detail: string | undefined): void;
  /** One for each incident, when nothing of it is left. */
  report(report: RecoveryReport): void;
}
