/**
 * What goes on beneath a room, for those who want to watch it: a panel, a log.
 * An app needs none of it to work.
 *
 * @module
 */
import type { RecoveryStep } from "./recovery.ts";

/** The way to have a connection to the service again. */
export type Attempt =
  /** The next one begins in so many milliseconds; undefined: there is none. */
  | { readonly type: "waiting"; readonly ms: number | undefined }
  | { readonly type: "trying" };

/** How the connection to the service is. */
export type SignalingDiagnostic =
  | { readonly state: "connected" }
  | {
    /** `suspected`: nothing was heard for a while, and others race it. */
    readonly state: "suspected" | "lost";
    readonly attempt: Attempt;
    /** Milliseconds until the service gives one's place away. */
    readonly graceMs: number;
  };

/** How a transport is, as the browser says. */
export interface TransportDiagnostic {
  readonly direction: "send" | "recv";
  readonly ice: RTCIceTransportState;
  readonly dtls: RTCDtlsTransportState;
}

/**
 * Whether media moves, both ways together: `none` where there is nothing to send
 * or receive, `paused` while the SDK holds it back to be back sooner, `stopped`
 * where it should move and does not.
 */
export type MediaFlow = "none" | "flowing" | "paused" | "stopped";

/** One change, told when it happens. What it says of its subject is whole. */
export type Diagnostic =
  | ({ readonly about: "signaling" } & SignalingDiagnostic)
  | ({ readonly about: "transport" } & TransportDiagnostic)
  | { readonly about: "media"; readonly flow: MediaFlow }
  /** As the report of the incident will have it. */
  | {
    readonly about: "recovery";
    readonly step: RecoveryStep["step"];
    readonly detail: string | undefined;
  };
