/**
 * All that a room can want done. The actor does it in this order.
 *
 * @module
 */
import type {
  CloseCause,
  CloseName,
  EndReason,
  Grants,
  ProducerInfo,
  RecoveryReport,
} from "../../protocol/mod.ts";
import type { SfuMethod, SfuParams } from "../../sfu/methods.ts";
import type { AdminOutcome } from "./admin/command.ts";
import type { Ban } from "./bans.ts";
import type { ConnectionId, SessionId } from "./input.ts";

export type Effect =
  | {
    readonly type: "send";
    readonly connection: ConnectionId;
    readonly text: string;
    /** Not before what is true now is kept, nor is what comes after it. */
    readonly whenKept?: true;
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
  /** Asks what a new access token says; answered by one `verified`. */
  | {
    readonly type: "verify";
    readonly sessionId: SessionId;
    readonly requestId: number;
    readonly token: string;
  }
  | {
    readonly type: "adminAnswer";
    readonly request: number;
    readonly outcome: AdminOutcome;
  }
  /** For logs, metrics and webhooks; never for the client. */
  | { readonly type: "announce"; readonly announcement: Announcement }
  /** Something changed that is to outlive the process; `soon`: without a rest. */
  | { readonly type: "persist"; readonly soon?: true }
  /** The room is over: nothing comes after it. */
  | {
    readonly type: "end";
    /** To be given to the next room of this name. */
    readonly bans?: readonly Ban[];
  };

/** A call to the SFU, answered by one `sfuReplied` with the same number. */
export type Call = {
  [M in SfuMethod]: {
    readonly type: "call";
    readonly call: number;
    readonly method: M;
    readonly params: SfuParams<M>;
  };
}[SfuMethod];

/** Whom it is about. */
type Participant = {
  readonly sessionId: SessionId;
  readonly identity: string;
};

type Producer =
  & Participant
  & Pick<ProducerInfo, "producerId" | "key" | "kind" | "source">;

export type Announcement =
  | { readonly type: "roomStarted" }
  /** `nodeCrashed`: by a fault of the service. */
  | { readonly type: "roomEnded"; readonly reason: EndReason | "empty" }
  /** All media of the room is gone; the room stays. */
  | { readonly type: "mediaServerLost" }
  /** Media can be made anew, so many milliseconds after it was lost. */
  | { readonly type: "mediaServerReplaced"; readonly lostMs: number }
  | Participant & {
    readonly type: "participantJoined";
    readonly name: string;
    readonly metadata?: unknown;
  }
  /** Carries what is now true, whole. */
  | Participant & {
    readonly type: "participantUpdated";
    readonly name: string;
    readonly metadata?: unknown;
    readonly grants: Grants;
  }
  /** Its connection is lost; its place is held for so long. */
  | Participant & {
    readonly type: "participantReconnecting";
    readonly graceMs: number;
  }
  | Participant & { readonly type: "participantReconnected" }
  | Participant & {
    readonly type: "participantLeft";
    readonly reason: EndReason;
    /** Of its last ping; `null`: it answered none. */
    readonly roundTripMs: number | null;
  }
  | Producer & { readonly type: "producerAdded" }
  /** The same track through another producer. */
  | Producer & {
    readonly type: "producerReplaced";
    readonly oldProducerId: string;
  }
  | Producer & {
    readonly type: "producerRemoved";
    readonly cause: CloseCause;
  }
  /** By an operator, or no more. */
  | Participant & {
    readonly type: "trackMutedByServer";
    readonly key: string;
    readonly muted: boolean;
  }
  /** An incident is over: what the room saw of it, and what the client says. */
  | Participant & {
    readonly type: "recovery";
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
