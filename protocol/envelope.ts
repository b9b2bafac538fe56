/**
 * JSON-RPC 2.0 over WebSocket text frames: no batches, ids are positive
 * integers that each side counts up for itself.
 *
 * @module
 */
import * as z from "zod";
import { type ErrorName, ErrorObject } from "./errors.ts";
import { isSafeIn, nestsDeeperThan, UNSAFE } from "./text.ts";

/** The WebSocket subprotocol that both sides must name. */
export const SUBPROTOCOL = "holdfast.v1";

/** Frames nested deeper than this are refused before anything looks at them. */
export const MAX_DEPTH = 32;

const jsonrpc = z.literal("2.0");
export const RequestId = z.int().positive();

export const Request = z.strictObject({
  jsonrpc,
  id: RequestId,
  method: z.string().max(64),
  params: z.unknown().optional(),
});
export type Request = z.infer<typeof Request>;

export const Response = z.union([
  z.strictObject({ jsonrpc, id: RequestId, result: z.unknown() }),
  z.strictObject({ jsonrpc, id: RequestId.nullable(), error: ErrorObject }),
]);
export type Response = z.infer<typeof Response>;

export const Notification = z.object({
  jsonrpc,
  method: z.string().max(64),
  params: z.unknown().optional(),
});
export type Notification = z.infer<typeof Notification>;

/** A frame, or the row of the error table that says why it is none. */
export type Frame =
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "response"; readonly response: Response }
  | { readonly type: "notification"; readonly notification: Notification }
  | {
    readonly type: "invalid";
    readonly error: Extract<ErrorName, "parseError" | "invalidRequest">;
    readonly id: number | null;
    readonly detail?: string;
  };

/** Reads one frame. Never throws: what cannot be read is `invalid`. */
export function parseFrame(text: string): Frame {
  if (nestsDeeperThan(text, MAX_DEPTH)) {
    return unreadable("invalidRequest", `nested deeper than ${MAX_DEPTH}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable("parseError");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return unreadable("invalidRequest", "not an object");
  }
  // The id of a response is the receiver's own, and would name another request.
  const isResponse = "result" in value || "error" in value;
  const id = isResponse || !("id" in value)
    ? null
    : RequestId.safeParse(value.id).data ?? null;
  const invalid = (problem: z.ZodError): Frame =>
    unreadable("invalidRequest", describe(problem), id);
  if (!isSafeIn(text, value)) {
    return unreadable("invalidRequest", UNSAFE, id);
  }
  if (!("method" in value)) {
    const response = Response.safeParse(value);
    return response.success
      ? { type: "response", response: response.data }
      : invalid(response.error);
  }
  if (!("id" in value)) {
    const notification = Notification.safeParse(value);
    return notification.success
      ? { type: "notification", notification: notification.data }
      : invalid(notification.error);
  }
  const request = Request.safeParse(value);
  return request.success
    ? { type: "request", request: request.data }
    : invalid(request.error);
}

const unreadable = (
  error: "parseError" | "invalidRequest",
  detail?: string,
  id: number | null = null,
): Frame => ({
  type: "invalid",
  error,
  id,
  ...(detail !== undefined && { detail }),
});

/** Answers are kept; those that repeat a long wrong key would fill memory. */
const MAX_DESCRIPTION = 256;

/** The first problem of a failed parse, in one short line, without the value. */
export function describe(problem: z.ZodError): string {
  const issue = problem.issues[0];
  if (issue === undefined) return "invalid";
  const path = issue.path.join(".");
  const text = path === "" ? issue.message : `${path}: ${issue.message}`;
  return text.slice(0, MAX_DESCRIPTION).toWellFormed();
}

export const encodeRequest = (
  id: number,
  method: string,
  params: unknown,
): string => JSON.stringify({ jsonrpc: "2.0", id, method, params });

export const encodeResult = (id: number, result: unknown): string =>
  JSON.stringify({ jsonrpc: "2.0", id, result });

export const encodeError = (id: number | null, error: ErrorObject): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error });

export const encodeNotification = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: "2.0", method, params });
