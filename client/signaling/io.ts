/**
 * What goes into the client's connection, and what comes out.
 *
 * @module
 */
import type { ErrorObject, JoinResult, Method } from "../../protocol/mod.ts";
import type { Ending } from "./ending.ts";
import type { RoomEvent, RoomHint } from "./messages.ts";
import type { Reply } from "./requests.ts";

/** Tells the sockets of a connection apart: what a given-up one says is ignored. */
export type SocketId = number;

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
    readonly params: unknown;
  }
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
  /** Something was wrong that need not stop anything. */
  | { readonly type: "exception"; readonly error: ErrorObject }
  /** The last effect of a connection that never joined. */
  | { readonly type: "refused"; readonly error: ErrorObject }
  /** The last effect of one that did. */
  | { readonly type: "ended"; readonly ending: Ending };
