/**
 * What goes into the client's connection, and what comes out.
 *
 * @module
 */
import type {
  EndReason,
  ErrorObject,
  JoinResult,
  Method,
  RecoveryStep,
  RecoveryTrigger,
  ResumeResult,
} from "../../protocol/mod.ts";
import type { Ending } from "./ending.ts";
import type { RoomEvent, RoomHint } from "./messages.ts";
import type { Reply } from "./requests.ts";

/** Tells the sockets of a connection apart: what a given-up one says is ignored. */
export type SocketId = number;

/** Why the network may be back, or gone. */
export type NetworkHint =
  | "offline"
  | "online"
  /** Another kind of network, such as mobile instead of Wi-Fi. */
  | "networkChanged"
  /** The page is looked at again. */
  | "visible"
  /** The page, or the machine, was asleep. */
  | "thawed"
  /** Media flows again. */
  | "iceReconnected"
  /** The application says so. */
  | "retryNow";

export type ConnectionEvent =
  | { readonly type: "start" }
  /** Answers the `authorize` effect. */
  | { readonly type: "authorized"; readonly token: string }
  | { readonly type: "unauthorized"; readonly error: ErrorObject }
  | { readonly type: "opened"; readonly socket: SocketId }
  | {
    readonly type: "received";
    readonly socket: SocketId;
    readonly text: string;
  }
  | {
    readonly type: "closed";
    readonly socket: SocketId;
    readonly code: number;
  }
  /** Answered by one `replied` effect with the same `call`. */
  | {
    readonly type: "request";
    readonly call: number;
    readonly method: Method;
    readonly params: object;
  }
  | { readonly type: "hint"; readonly hint: NetworkHint }
  /** Another one that the service has taken, for the next resume. */
  | { readonly type: "refreshed"; readonly token: string }
  /** Leaves, and waits a while for the service to know. */
  | { readonly type: "leave" }
  /** Leaves at once: the page goes, or nobody wants the room any more. */
  | { readonly type: "abandon" }
  /** The deadline may have come. Early and late ones do no harm. */
  | { readonly type: "tick" };

export type ConnectionEffect =
  | { readonly type: "authorize" }
  | { readonly type: "open"; readonly socket: SocketId }
  | { readonly type: "send"; readonly socket: SocketId; readonly text: string }
  | { readonly type: "close"; readonly socket: SocketId; readonly code: number }
  | { readonly type: "joined"; readonly result: JoinResult }
  | { readonly type: "event"; readonly event: RoomEvent }
  | { readonly type: "hint"; readonly hint: RoomHint }
  | ({ readonly type: "replied" } & Reply)
  /** Milliseconds to the service and back. */
  | { readonly type: "roundTrip"; readonly ms: number }
  /** Something was wrong that need not stop anything. */
  | { readonly type: "exception"; readonly error: ErrorObject }
  /** The connection may be gone; others race it. */
  | {
    readonly type: "suspected";
    readonly trigger: RecoveryTrigger;
    readonly error: ErrorObject;
  }
  /** It is not. */
  | { readonly type: "spoke" }
  /** It is. */
  | {
    readonly type: "lost";
    readonly trigger: RecoveryTrigger;
    readonly error: ErrorObject;
  }
  | { readonly type: "resumed"; readonly result: ResumeResult }
  /** From now on, sockets are for this address of the room. */
  | { readonly type: "redirect"; readonly url: string }
  /** From now on, sockets are for this room. */
  | { readonly type: "move"; readonly room: string }
  /** The session ended for `reason`; this is another, in `room` if one was moved. */
  | {
    readonly type: "rejoined";
    readonly result: JoinResult;
    readonly reason: EndReason;
    readonly room?: string;
  }
  /** The next attempt begins at `until`, or is under way. */
  | {
    readonly type: "attempt";
    readonly until: number | "now";
    /** When the service gives the place away. */
    readonly graceUntil: number;
  }
  /** For the report of the incident. */
  | {
    readonly type: "step";
    readonly step: RecoveryStep["step"];
    readonly detail?: string;
  }
  /** Tells the service over another way than the socket that the session is left. */
  | {
    readonly type: "farewell";
    readonly sessionId: string;
    readonly secret: string;
  }
  /** The last effect of a connection that never joined. */
  | { readonly type: "refused"; readonly error: ErrorObject }
  /** The last effect of one that did. */
  | { readonly type: "ended"; readonly ending: Ending };
