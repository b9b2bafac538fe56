/**
 * What a room needs of the connection to a sidecar.
 *
 * @module
 */
import type { SfuEvent, SfuMethod, SfuParams, SfuResult } from "./methods.ts";
import type { RpcStatus } from "./rpc/status.ts";

export type CallOptions = {
  /** Milliseconds from now; the link has a default. */
  readonly deadlineMs?: number;
  /** Of the calling room; the sidecar refuses one older than the newest it has seen. */
  readonly epoch?: number;
  readonly traceparent?: string;
};

export type LinkReply<M extends SfuMethod> =
  | { readonly ok: true; readonly result: SfuResult<M> }
  | {
    readonly ok: false;
    readonly status: RpcStatus;
    readonly message: string;
  };

export type LinkState = "connecting" | "up" | "down" | "closed";

/**
 * Replies and events come through callbacks that run in the order in which the
 * frames arrived, so that no event overtakes the reply it follows.
 */
export interface SfuLink {
  readonly state: LinkState;
  /** `reply` runs exactly once, never before `call` has returned. */
  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void;
  /** Hears the events of one router until the returned function is called. */
  subscribe(routerId: string, listener: (event: SfuEvent) => void): () => void;
  /**
   * Hears `up` (`fresh`: the sidecar is another one, or has forgotten us, so all
   * routers are gone) and `down`, until the returned function is called.
   */
  onState(listener: (state: "up" | "down", fresh: boolean) => void): () => void;
  close(): void;
}
