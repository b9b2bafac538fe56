/**
 * Writes frames. Bodies are made apart from the ids, so that an answer that is
 * given twice is turned into JSON once.
 *
 * @module
 */
import type { SfuEvent } from "../methods.ts";
import type { Meta } from "./envelope.ts";
import type { RpcStatus } from "./status.ts";

/** JSON-RPC's own numbers where it has one, else -32000 less gRPC's number. */
const codes = {
  CANCELLED: -32001,
  INVALID_ARGUMENT: -32602,
  DEADLINE_EXCEEDED: -32004,
  NOT_FOUND: -32005,
  ALREADY_EXISTS: -32006,
  PERMISSION_DENIED: -32007,
  RESOURCE_EXHAUSTED: -32008,
  FAILED_PRECONDITION: -32009,
  ABORTED: -32010,
  UNIMPLEMENTED: -32601,
  INTERNAL: -32603,
  UNAVAILABLE: -32014,
  UNAUTHENTICATED: -32016,
} as const satisfies Record<RpcStatus, number>;

export const parseErrorCode = -32700;
export const invalidRequestCode = -32600;

export function encodeRequest(
  id: number,
  method: string,
  paramsJson: string,
  meta?: Meta,
): string {
  const tail = meta === undefined ? "" : `,"meta":${JSON.stringify(meta)}`;
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${paramsJson}${tail}}`;
}

export function encodeNotification(method: string, params: unknown): string {
  return `{"jsonrpc":"2.0","method":"${method}","params":${
    JSON.stringify(params)
  }}`;
}

/** `seq` is left out for an event that is not kept. */
export function encodeEvent(seq: number | undefined, event: SfuEvent): string {
  return encodeNotification("event", { seq, ...event });
}

export function resultBody(result: unknown): string {
  return `"result":${JSON.stringify(result)}`;
}

export function errorBody(
  status: RpcStatus,
  message: string,
  code: number = codes[status],
): string {
  return `"error":${JSON.stringify({ code, message, data: { status } })}`;
}

export function encodeReply(id: number | null, body: string): string {
  return `{"jsonrpc":"2.0","id":${id},${body}}`;
}

const encoder = new TextEncoder();

/** Whether a text is longer than that in UTF-8. */
export function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  // A UTF-16 code unit takes three bytes at most.
  if (text.length * 3 <= bytes) return false;
  return encoder.encode(text).length > bytes;
}
