/**
 * What a client's request comes to.
 *
 * @module
 */
import type {
  EndReason,
  ErrorName,
  Method,
  Result,
} from "../../protocol/mod.ts";

export type Refusal = {
  readonly type: "refusal";
  readonly error: ErrorName;
  readonly detail?: string;
  readonly retryAfterMs?: number;
  /** Why the session is over. */
  readonly reason?: EndReason;
  /** `false`: for this request, nothing is over with it. */
  readonly fatal?: false;
};

export type Answer<M extends Method> =
  | { readonly type: "result"; readonly result: Result<M> }
  | Refusal
  /** Given already, or given by the reply to a call. */
  | { readonly type: "deferred" };

export const done = { type: "result", result: {} } as const;
export const deferred = { type: "deferred" } as const;

export const refusal = (error: ErrorName, detail?: string): Refusal =>
  detail === undefined
    ? { type: "refusal", error }
    : { type: "refusal", error, detail };

/** There is nothing to resume. */
export const sessionOver = (reason: EndReason): Refusal => ({
  type: "refusal",
  error: "signalingTimeout",
  reason,
});

/** Milliseconds after which asking for media again makes sense. */
const MEDIA_RETRY_MS = 1_000;

export const mediaServerUnavailable: Refusal = {
  type: "refusal",
  error: "mediaServerUnavailable",
  retryAfterMs: MEDIA_RETRY_MS,
};
