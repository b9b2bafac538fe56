/**
 * What goes into the recovery of media, and what comes out.
 *
 * @module
 */
import type {
  MediaState,
  RecoveryStep,
  RecoveryTrigger,
  ResumeResult,
} from "../../../protocol/mod.ts";
import type { MediaFlow } from "../../api/diagnostics.ts";
import type { ExceptionName } from "../../api/recovery.ts";

export type Direction = "send" | "recv";
export const directions: readonly Direction[] = ["send", "recv"];

export type Advice = ResumeResult["transports"][number]["advice"];

/** What has come in over a pair of ICE candidates so far. */
export type Heard = {
  /** RTP, RTCP, DTLS and SCTP. */
  readonly packets: number;
  /** STUN answers to what went out: both ways work. */
  readonly answers: number;
};

/** One look at a transport. */
export type Sample = {
  /** The selected one; undefined before ICE has selected one, and when it failed. */
  readonly pair: string | undefined;
  /** All of them: what came over a pair before it was selected is no news. */
  readonly pairs: ReadonlyMap<string, Heard>;
  /** Whether media should come in, or the reports on what goes out. */
  readonly isExpected: boolean;
  /** Frames shown so far of each video that should move, by its name. */
  readonly frames: ReadonlyMap<string, number>;
};

export type MediaEvent =
  | { readonly type: "suspected" | "spoke" | "lost" | "rejoined" | "ended" }
  | {
    readonly type: "resumed";
    /** By the id of the transport; one that is missing is gone. */
    readonly advice: ReadonlyMap<string, Advice>;
  }
  /** There is a transport, the first one or another. */
  | {
    readonly type: "opened";
    readonly direction: Direction;
    readonly id: string;
  }
  /** There is none any more, and nothing that needs one. */
  | { readonly type: "closed"; readonly direction: Direction }
  | {
    readonly type: "connection";
    readonly id: string;
    readonly state: RTCPeerConnectionState;
  }
  | { readonly type: "sampled"; readonly id: string; readonly sample: Sample }
  /** The service has no such transport any more. */
  | { readonly type: "gone"; readonly id: string }
  /** Answers `restartIce`; `gone` as above. */
  | { readonly type: "restarted"; readonly gone: readonly string[] }
  | {
    readonly type: "restartRefused";
    readonly reason: string;
    readonly retryAfterMs: number;
  }
  /** The service has lost all media, and nothing can be made for now. */
  | { readonly type: "serverLost" }
  /** It can. */
  | { readonly type: "serverReady" }
  /** Answers `recreate`, with the same `number`. */
  | {
    readonly type: "recreated";
    readonly direction: Direction;
    readonly number: number;
    /** Nothing is carried yet: it is to come from others. */
    readonly isIdle: boolean;
  }
  | {
    readonly type: "recreationFailed";
    readonly direction: Direction;
    readonly number: number;
    readonly reason: string;
    readonly retryAfterMs: number;
  }
  /** The application wants it. */
  | { readonly type: "asked"; readonly recreate: boolean }
  /** The deadline may have come. Early and late ones do no harm. */
  | { readonly type: "tick" };

export type MediaEffect =
  /** To be answered by `sampled`. */
  | { readonly type: "sample"; readonly id: string }
  /** Whether anything is sent at all, whatever is muted. */
  | { readonly type: "setSuspended"; readonly suspended: boolean }
  | { readonly type: "restartIce"; readonly ids: readonly string[] }
  | {
    readonly type: "recreate";
    readonly direction: Direction;
    readonly number: number;
  }
  | { readonly type: "requestKeyFrame"; readonly video: string }
  | { readonly type: "iceReconnected" }
  | {
    readonly type: "exception";
    readonly name: ExceptionName;
    readonly direction: Direction;
  }
  | { readonly type: "mediaState"; readonly state: MediaState }
  | { readonly type: "flow"; readonly flow: MediaFlow }
  | { readonly type: "trouble"; readonly trigger: RecoveryTrigger }
  | { readonly type: "looking" | "fine" }
  | {
    readonly type: "step";
    readonly step: RecoveryStep["step"];
    readonly detail?: string;
  };
