/**
 * One call of a room, from its making to its answer.
 *
 * @module
 */
import type { CallOptions, LinkReply } from "../../link.ts";
import type { SfuMethod, SfuParams } from "../../methods.ts";
import { check } from "../check.ts";
import { encodeRequest } from "../encode.ts";
import { MAX_DEADLINE_MS, type Meta, problemOf } from "../envelope.ts";
import type { RpcStatus } from "../status.ts";
import { table } from "../table.ts";
import { reportBug } from "./report_bug.ts";

/** As it came from the sidecar, or from this side. */
export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | {
    readonly ok: false;
    readonly status: RpcStatus;
    readonly message: string;
  };

export type Call = {
  /** Counts the calls of a link; also the id in its frames. */
  readonly number: number;
  readonly method: SfuMethod;
  readonly paramsJson: string;
  readonly options: CallOptions;
  /** On the clock of the link. */
  readonly deadline: number;
  readonly isIdempotent: boolean;
  /** Calls on one router keep their order when they are tried again. */
  readonly lane: string;
  attempts: number;
  readonly settle: (outcome: Outcome) => void;
};

/** @throws {TypeError} when the parameters cannot be written as JSON. */
export function makeCall<M extends SfuMethod>(
  number: number,
  method: M,
  params: SfuParams<M>,
  options: CallOptions,
  deadline: number,
  reply: (reply: LinkReply<M>) => void,
): Call {
  return {
    number,
    method,
    paramsJson: JSON.stringify(params),
    options,
    deadline,
    isIdempotent: table[method].idempotent,
    lane: "routerId" in params ? params.routerId : `#${number}`,
    attempts: 0,
    settle(outcome) {
      try {
        reply(checked(method, outcome));
      } catch (error) {
        reportBug(error);
      }
    },
  };
}

/** `now` is on the clock of the link. */
export function encodeCall(call: Call, now: number): string {
  const { number, method, paramsJson, options, deadline } = call;
  const { epoch, traceparent } = options;
  const deadlineMs = Math.min(Math.ceil(deadline - now), MAX_DEADLINE_MS);
  const meta: Meta = { deadlineMs };
  if (epoch !== undefined) meta.epoch = epoch;
  if (traceparent !== undefined) meta.traceparent = traceparent;
  if (call.isIdempotent) meta.idempotencyKey = String(number);
  return encodeRequest(number, method, paramsJson, meta);
}

function checked<M extends SfuMethod>(
  method: M,
  outcome: Outcome,
): LinkReply<M> {
  if (!outcome.ok) return outcome;
  const result = check(table[method].result, outcome.result);
  if (result.success) return { ok: true, result: result.data };
  return {
    ok: false,
    status: "INTERNAL",
    message: `The result does not fit: ${problemOf(result.error)}`,
  };
}
