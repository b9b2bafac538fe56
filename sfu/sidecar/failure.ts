/**
 * What mediasoup throws, as a status that a caller can act on.
 *
 * @module
 */
import { errors } from "mediasoup";
import { RpcError } from "../rpc/rpc_error.ts";

/** Anything of mediasoup's. */
export type Target = { readonly id: string; readonly closed: boolean };

const MAX_MESSAGE = 300;
const OF_RUNTIME = /^Cannot |^FlatBuffers|is not (a function|iterable|defined)/;

/** Asks mediasoup something of the target, and fails with an `RpcError` only. */
export async function ask<T>(
  target: Target,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failure(target, error);
  }
}

function failure(target: Target, error: unknown): RpcError {
  const message = messageOf(error);
  if (isOfRuntime(error)) {
    return new RpcError("INVALID_ARGUMENT", "mediasoup cannot read this");
  }
  if (error instanceof errors.WorkerClosedError) {
    return new RpcError("UNAVAILABLE", "the media worker is gone");
  }
  if (target.closed || error instanceof errors.NotFoundError) {
    return new RpcError("NOT_FOUND", target.closed ? gone(target) : message);
  }
  if (error instanceof TypeError) {
    return new RpcError("INVALID_ARGUMENT", message);
  }
  return new RpcError("FAILED_PRECONDITION", message);
}

export function gone(target: Target): string {
  return `${target.id} was closed in the meantime`;
}

/** What JavaScript itself says names our innards, not the caller's mistake. */
function isOfRuntime(error: unknown): boolean {
  return error instanceof RangeError ||
    error instanceof TypeError && OF_RUNTIME.test(error.message);
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_MESSAGE);
}
