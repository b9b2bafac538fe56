import type { HoldfastError } from "../errors.ts";

/**
 * How a participant's media fares, in the words of the W3C: the worst of its
 * transports. `new` while it has none.
 */
export type MediaState =
  | "new"
  | "checking"
  | "connected"
  | "completed"
  | "disconnected"
  | "failed"
  | "closed";

/** How long somebody's place is held. */
export interface Grace {
  /** Milliseconds since 1970, by the clock of this browser. */
  graceUntil: number;
  /** Milliseconds from now. */
  graceMs: number;
}

/** Media that is in trouble by itself. It is recovered without any help. */
export type ExceptionName =
  | "ICE_CONNECTION_DISCONNECTED"
  | "ICE_CONNECTION_FAILED";

/** What is known when the next attempt to get back into the room is planned. */
export interface RetryContext<Failure = HoldfastError> {
  /** How many attempts have failed since the connection was lost. */
  readonly attempt: number;
  /** Milliseconds since the connection was lost. */
  readonly elapsedMs: number;
  /**
   * Why the last attempt failed: 53007 when it hung, and was closed for the next
   * one. Before the first attempt, why the connection is lost.
   */
  readonly error: Failure;
  /** Milliseconds from now; no attempt is made before, whatever the policy says. */
  readonly retryAfterMs: number | undefined;
}

/**
 * Plans the next attempt to get back into the room: milliseconds to wait, or
 * null to give up (53000).
 */
export type RetryPolicy<Failure = HoldfastError> = (
  context: RetryContext<Failure>,
) => number | null;

/** One thing that was done, or seen, in a recovery. */
export interface RecoveryStep {
  /** Milliseconds since the trigger. */
  atMs: number;
  step:
    | "suspected"
    | "mediaPaused"
    | "socketTried"
    | "socketOpened"
    | "oldSocketSpoke"
    | "resumed"
    | "rejoined"
    | "iceRestarted"
    | "iceConnected"
    | "mediaResumed"
    | "keyFrameRequested"
    | "mediaFlows"
    | "mediaServerReady"
    | "recreating"
    | "recreated"
    | "refused";
  /** For people. */
  detail?: string | undefined;
}

/** What is said of a recovery when it is over: one report for each incident. */
export interface RecoveryReport {
  /** What was noticed first. */
  trigger:
    | "silence"
    | "socketClosed"
    | "offline"
    | "mediaStopped"
    | "iceDisconnected"
    | "iceFailed"
    | "transportLost"
    | "mediaServerLost"
    | "asked";
  /** Milliseconds since 1970, by the clock of this browser. */
  startedAt: number;
  /** Milliseconds from the trigger to the end. */
  durationMs: number;
  /** Milliseconds in which signaling was lost. */
  signalingMs: number;
  /** Milliseconds in which media did not flow. */
  mediaMs: number;
  /** In their order; where there were very many, some in the middle are left out. */
  steps: RecoveryStep[];
  /**
   * `rejoined`: the place was gone, and another was taken. `evicted`: it was
   * gone. `gaveUp`: no way back was found in time. `left`: by the app meanwhile.
   */
  outcome: "recovered" | "rejoined" | "evicted" | "gaveUp" | "left";
}
