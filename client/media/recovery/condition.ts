import type { MediaState, RecoveryTrigger } from "../../../protocol/mod.ts";
import type { Advice } from "./io.ts";

/** Media does not flow, for this reason. */
type Trouble = { readonly trigger: RecoveryTrigger };

/** `attempt` counts the recreations that came to nothing. */
type Recreation = Trouble & { readonly attempt: number };

/** How the media of one direction fares. Times are in milliseconds. */
export type Condition =
  | { readonly type: "unused" }
  /** Not connected yet, and never was: the service says how long that may take. */
  | { readonly type: "opening" }
  | { readonly type: "flowing" }
  /** The session was resumed: the next look tells what is left of media. */
  | {
    readonly type: "checking";
    readonly advice: Advice;
    readonly since: number;
  }
  /** Nothing comes in. ICE is restarted when signaling is healthy. */
  | Trouble & { readonly type: "stopped" }
  | Trouble & { readonly type: "restarting"; readonly since: number }
  /** To be recreated when signaling is healthy, and not before `at`. */
  | Recreation & { readonly type: "lost"; readonly at: number }
  | Recreation & { readonly type: "recreating"; readonly number: number }
  /** Recreated, and not connected yet. */
  | Recreation & { readonly type: "reopening"; readonly since: number }
  /** Recreated, and what it is to carry is not there yet: others recover, too. */
  | { readonly type: "awaiting"; readonly since: number }
  | Settling;

/** The way is there again, and what moved before should move. */
export type Settling = {
  readonly type: "settling";
  readonly since: number;
  /** When key frames are asked for next. */
  readonly keyFramesAt: number;
  readonly isRecreated: boolean;
};

export type Troubled = Extract<Condition, Trouble>;
export type Recreated = Extract<Condition, Recreation>;

export const isTroubled = (condition: Condition): condition is Troubled =>
  "trigger" in condition;

/** As W3C names it; undefined where there is nothing to name. */
export function mediaStateOf(
  condition: Condition,
  connection: RTCPeerConnectionState,
): MediaState | undefined {
  switch (condition.type) {
    case "unused":
      return undefined;
    case "opening":
    case "flowing":
    case "checking":
    case "awaiting":
    case "settling":
      return connection === "connecting" ? "checking" : connection;
    case "stopped":
      return connection === "failed" ? "failed" : "disconnected";
    case "restarting":
    case "lost":
    case "recreating":
    case "reopening":
      return "checking";
  }
}

/** The worst first. */
const states: readonly MediaState[] = [
  "failed",
  "disconnected",
  "checking",
  "new",
  "connected",
];

export const worst = (found: readonly (MediaState | undefined)[]): MediaState =>
  states.find((state) => found.includes(state)) ?? "new";
