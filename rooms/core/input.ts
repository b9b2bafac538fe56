/**
 * All that can happen to a room. Time, ids and verified claims come with the
 * input; the core asks nobody for them.
 *
 * @module
 */
import type {
  EndReason,
  ErrorName,
  Grants,
  IceServer,
  JoinParams,
} from "../../protocol/mod.ts";
import type { SfuEvent, SfuMethod, SfuResult } from "../../sfu/methods.ts";
import type { RpcStatus } from "../../sfu/rpc/status.ts";
import type { AdminCommand } from "./admin/command.ts";

export type { AdminCommand };

/** One WebSocket. Unique in a process. */
export type ConnectionId = string;
/** One stay of a participant. */
export type SessionId = string;

/** What a verified access token says. */
export type Claims = {
  readonly identity: string;
  readonly name?: string;
  readonly metadata?: unknown;
  readonly grants: Grants;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
};

/** What is known of an access token that was shown. */
export type Verdict =
  | { readonly ok: true; readonly claims: Claims }
  | {
    readonly ok: false;
    /** `busy`: nothing can be said of it for now. */
    readonly error: Extract<ErrorName, `token${string}` | "busy">;
    readonly detail?: string;
    readonly retryAfterMs?: number;
  };

/** 256 random bits for the client, and the hash that the room keeps of them. */
export type Secret = {
  /** base64url, 43 characters. */
  readonly plain: string;
  readonly hash: SecretHash;
};

/** SHA-256, base64url: of equal length for all, so that comparing takes equal time. */
export type SecretHash = string;

/** STUN and TURN servers for one session, with credentials of its own. */
export type IceServers = {
  readonly servers: IceServer[];
  /** When it wants others; `null`: never. */
  readonly renewAt: number | null;
};

/** A first message that was let in: well-formed, with a token that holds. */
export type Admission = JoinAdmission | ResumeAdmission;

export type JoinAdmission = {
  readonly method: "join";
  /** Of the JSON-RPC request, to be answered. */
  readonly id: number;
  readonly params: Omit<JoinParams, "token">;
  readonly claims: Claims;
  /** For the session that this makes. */
  readonly sessionId: SessionId;
  readonly secret: Secret;
  readonly iceServers: IceServers;
};

export type ResumeAdmission = {
  readonly method: "resume";
  readonly id: number;
  readonly sessionId: SessionId;
  /** Of the secret that the client has shown. */
  readonly secretHash: SecretHash;
  /**
   * Milliseconds in which a wrong secret from there is not told to be wrong,
   * after too many; 0: it is.
   */
  readonly guessWaitMs?: number;
  /** The event that the client handled last. */
  readonly ack: number;
  /** Of the room when the client heard of it last; missing: the present one. */
  readonly epoch?: number;
  /** Counts the client's resumes of this session; one that is overtaken is void. */
  readonly attempt?: number | undefined;
  /** Of the token that came along, if one did. */
  readonly token?: Verdict;
  /** For the next resume. */
  readonly next: Secret;
  readonly iceServers: IceServers;
  /** Why the session is over if the room knows nothing of it. */
  readonly reasonIfUnknown: EndReason;
};

export type SfuReply =
  | { readonly ok: true; readonly result: SfuResult<SfuMethod> }
  | {
    readonly ok: false;
    readonly status: RpcStatus;
    readonly message: string;
  };

export type Input =
  /** A connection has spoken and was let in. */
  | {
    readonly type: "opened";
    readonly connection: ConnectionId;
    readonly admission: Admission;
  }
  /** A text frame, bounded in size and otherwise as it came. */
  | {
    readonly type: "received";
    readonly connection: ConnectionId;
    readonly text: string;
  }
  /** The WebSocket is gone. `clean`: the client closed it in so many words. */
  | {
    readonly type: "closed";
    readonly connection: ConnectionId;
    readonly clean: boolean;
  }
  | Left
  /** Answers the `call` effect with this number; every call is answered once. */
  | {
    readonly type: "sfuReplied";
    readonly call: number;
    readonly reply: SfuReply;
  }
  | { readonly type: "sfuEvent"; readonly event: SfuEvent }
  /** The link to the sidecar is usable again, or for now is not. */
  | { readonly type: "sfuUp" }
  | { readonly type: "sfuDown" }
  /** Answers the effect `renewIceServers`. */
  | {
    readonly type: "iceServers";
    readonly sessionId: SessionId;
    readonly iceServers: IceServers;
  }
  | Verified
  | GoingAway
  /** The first one of a room that was taken up from what was kept of it. */
  | { readonly type: "restored" }
  /** An operator, or the host that stops; answered by one `adminAnswer`. */
  | {
    readonly type: "admin";
    readonly request: number;
    readonly command: AdminCommand;
  }
  /** The deadline may have come. Early and late ones do no harm. */
  | { readonly type: "tick" };

/** The process ends, and the room goes on without it: nothing comes after this. */
export type GoingAway = {
  readonly type: "goingAway";
  /** Milliseconds until somebody can go on with it. */
  readonly resumeInMs: number;
  /** Milliseconds over which those who are here are to come back. */
  readonly overMs: number;
  /** From 0 to 1: which part of that time is for the first of them. */
  readonly offset: number;
  /** Where; missing: here. */
  readonly url?: string;
};

/** A page said on its way out, without its socket, that it goes (GR4). */
export type Left = {
  readonly type: "left";
  readonly sessionId: SessionId;
  readonly secretHash: SecretHash;
};

/** Answers the effect `verify`. */
export type Verified = {
  readonly type: "verified";
  readonly sessionId: SessionId;
  readonly requestId: number;
  readonly verdict: Verdict;
};
