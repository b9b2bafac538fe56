/**
 * What the server end of the RPC asks of the program it serves.
 *
 * @module
 */
import type { SfuEvent, SfuMethod, SfuParams, SfuResult } from "../methods.ts";

/**
 * A room's process, across its connections. Events sent to it are numbered and
 * kept until it acknowledges them, so a short loss of the link loses none.
 */
export interface Owner {
  /** Chosen by the process at its start, and unguessable. */
  readonly id: string;
  send(event: SfuEvent): void;
}

export type CallContext = {
  readonly owner: Owner;
  /** Of the calling room; 0 where the caller named none. */
  readonly epoch: number;
  /** Aborted when the caller cancels or the deadline passes. */
  readonly signal: AbortSignal;
  readonly traceparent?: string;
};

/** Complete at compile time: a method without a handler does not build. */
export type Handlers = {
  readonly [M in SfuMethod]: (
    params: SfuParams<M>,
    context: CallContext,
  ) => SfuResult<M> | Promise<SfuResult<M>>;
};

/** Runs a handler, so that who watches sees when it begins and how it ends. */
export type Around = <T>(
  method: SfuMethod,
  context: CallContext,
  run: () => T | Promise<T>,
) => T | Promise<T>;
