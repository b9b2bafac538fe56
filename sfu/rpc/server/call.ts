/**
 * One execution of a handler.
 *
 * @module
 */
import type { CallContext, Owner } from "../handlers.ts";
import type { Meta } from "../envelope.ts";
import type { RpcError } from "../rpc_error.ts";

export class Call implements CallContext {
  readonly owner: Owner;
  readonly method: string;
  readonly epoch: number;
  readonly traceparent?: string;
  readonly idempotencyKey: string | undefined;
  /** On the clock of the server. */
  readonly deadline: number;
  /** Requests that wait for its answer; more than one under one key. */
  ids: number[];
  state: "running" | "answered" = "running";
  #controller: AbortController | undefined;
  #reason: RpcError | undefined;

  constructor(
    owner: Owner,
    id: number,
    method: string,
    meta: Meta | undefined,
    deadline: number,
  ) {
    this.owner = owner;
    this.ids = [id];
    this.method = method;
    this.epoch = meta?.epoch ?? 0;
    if (meta?.traceparent !== undefined) this.traceparent = meta.traceparent;
    this.idempotencyKey = meta?.idempotencyKey;
    this.deadline = deadline;
  }

  /** Made on demand: few handlers look at it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: RpcError): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
