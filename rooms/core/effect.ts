/**
 * All that a room can want done. The actor does it in this order.
 *
 * @module
 */
import type {
  CloseName,
  EndReason,
  RecoveryReport,
} from "../../protocol/mod.ts";
import type { SfuMethod, SfuParams } from "../../sfu/methods.ts";
import type { ConnectionId, SessionId } from "./input.ts";

export type Effect =
  | {
    readonly type: "send";
    readonly connection: ConnectionId;
    readonly text: string;
  }
  /** Closes the WebSocket politely, and by force when the peer does not answer. */
  | {
    readonly type: "close";
    readonly connection: ConnectionId;
    readonly code: CloseName;
  }
  | Call
  /** Somebody tried to resume a session that is not theirs (RS4). */
  | { readonly type: "wrongSecret"; readonly connection: ConnectionId }
  /** Answered by an input `iceServers`. */
  | { readonly type: "renewIceServers"; readonly sessionId: SessionId }
  /** A ping was answered after so many milliseconds; for who measures. */
  | { readonly type: "roundTrip"; readonly ms: number }
  /** For logs, metrics and webhooks; never for the client. */
  | { readonly type: "announce"; readonly announcement: Announcement }
  /** The room is over: nothing comes after it. */
  | { readonly type: "end" };

/** A call to the SFU, answered by one `sfuReplied` with the same number. */
export type Call = {
  [M in SfuMethod]: {
    readonly type: "call";
    readonly call: number;
    readonly method: M;
    readonly params: SfuParams<M>;
  };
}[SfuMethod];

export type Announcement =
  | { readonly type: "roomStarted" }
  | { readonly type: "roomEnded"; readonly reason: EndReason | "empty" }
  | { readonly type: "participantJoined"; readonly sessionId: SessionId }
  /** Its connection is lost; its place is held for so long. */
  | {
    readonly type: "participantReconnecting";
    readonly sessionId: SessionId;
    readonly graceMs: number;
  }
  | { readonly type: "participantReconnected"; readonly sessionId: SessionId }
  | {
    readonly type: "participantLeft";
    readonly sessionId: SessionId;
    readonly reason: EndReason;
    /** Of its last ping; `null`: it answered none. */
    readonly roundTripMs: number | null;
  }
  /** An incident is over: what the room saw of it, and what the client says. */
  | {
    readonly type: "recovery";
    readonly sessionId: SessionId;
    readonly roundTripMs: number | null;
    /** `null`: the room lost nobody; it was media alone, or too short. */
    readonly seen: SeenRecovery | null;
    /** `null`: none came in time. */
    readonly report: RecoveryReport | null;
  };

/** Durations in milliseconds since the session was last heard. */
export type SeenRecovery = {
  readonly trigger: "silence" | "socketClosed";
  /** Until the loss was noticed. */
  readonly detectionMs: number;
  /** Until the session was resumed, or ended. */
  readonly durationMs: number;
  readonly outcome: "resumed" | EndReason;
};
