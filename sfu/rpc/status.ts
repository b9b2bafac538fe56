/**
 * gRPC's status codes, by name, as far as the link and the sidecar use them.
 *
 * @module
 */
import { Status } from "../../protocol/errors.ts";

export const RpcStatus = Status;
export type RpcStatus = Status;

const retryable: ReadonlySet<RpcStatus> = new Set<RpcStatus>([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "CANCELLED",
  "ABORTED",
  "INTERNAL",
]);

/** With any other one it is done, or trying again would not do it. */
export const isRetryable = (status: RpcStatus): boolean =>
  retryable.has(status);
