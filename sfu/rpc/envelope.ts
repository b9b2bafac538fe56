/**
 * The frames of the RPC: JSON-RPC 2.0, one object a line, the same over TCP,
 * TLS, Unix sockets and HTTP.
 *
 * A link speaks first: `hello` (id 0). Then it calls methods (ids from 1, each
 * used once in a connection until it is answered), pings (`ping`, id 0), and
 * sends the notifications `cancel {id}` and `ack {seq}`. The sidecar answers,
 * and sends the notification `event {seq?, event, params}`: numbered ones are
 * kept until they are acknowledged, the others are not.
 *
 * @module
 */
import { z } from "zod";
import { check } from "./check.ts";
import { RpcStatus } from "./status.ts";

export const PROTOCOL = 1;
/** Of `hello` and of pings; calls count from 1. */
export const CONTROL_ID = 0;

/** Longer ones are cut to it. */
export const MAX_DEADLINE_MS = 600_000;

export const MAX_WINDOW = 65_536;

const Id = z.int().min(0);
const jsonrpc = z.literal("2.0");

export const Meta = z.object({
  /** Milliseconds that the caller still waits. */
  deadlineMs: z.number().positive().max(MAX_DEADLINE_MS).optional(),
  /** As W3C Trace Context writes it. */
  traceparent: z.string().max(64).optional(),
  epoch: z.int().min(0).optional(),
  /** Calls of one owner under one key are executed once. */
  idempotencyKey: z.string().min(1).max(64).optional(),
});
export type Meta = z.infer<typeof Meta>;

export const HelloParams = z.object({
  protocol: z.int(),
  /** Names the owner, and is all that a resume has to show: keep it unguessable. */
  owner: z.string().min(16).max(64),
  /** Over HTTP it is the bearer token instead. */
  secret: z.string().max(512).optional(),
  /** Of the last event seen, 0 for none. */
  lastSeq: z.int().min(0),
  /** The longest frame that the link takes. */
  maxFrameBytes: z.int().min(1_024),
});
export type HelloParams = z.infer<typeof HelloParams>;

export const Welcome = z.object({
  /** Another one after each start of the sidecar. */
  incarnation: z.string().max(64),
  /** The owner was known, and no event was lost. */
  resumed: z.boolean(),
  /** The longest frame that the sidecar takes. */
  maxFrameBytes: z.int().min(1_024),
  /** Calls that may be in flight. */
  window: z.int().min(1).max(MAX_WINDOW),
  leaseMs: z.number().min(0),
});
export type Welcome = z.infer<typeof Welcome>;

export const CancelParams = z.object({ id: Id });
export const AckParams = z.object({ seq: z.int().min(0) });
export const EventParams = z.object({
  seq: z.int().min(1).optional(),
  event: z.string().max(64),
  params: z.unknown(),
});
export type EventParams = z.infer<typeof EventParams>;

const ErrorObject = z.object({
  code: z.int(),
  message: z.string(),
  data: z.object({ status: RpcStatus }),
});
export type ErrorObject = z.infer<typeof ErrorObject>;

const Request = z.object({
  jsonrpc,
  id: Id,
  method: z.string().max(64),
  params: z.unknown().optional(),
  meta: Meta.optional(),
});
const Notification = z.object({
  jsonrpc,
  method: z.string().max(64),
  params: z.unknown().optional(),
});
const Result = z.object({ jsonrpc, id: Id, result: z.unknown() });
const Failure = z.object({ jsonrpc, id: Id.nullable(), error: ErrorObject });

export type Request = z.infer<typeof Request>;
/** A frame, or why it is none. */
export type Frame =
  | { readonly type: "request"; readonly request: Request }
  | {
    readonly type: "notification";
    readonly method: string;
    readonly params: unknown;
  }
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | {
    readonly type: "error";
    readonly id: number | null;
    readonly error: ErrorObject;
  }
  | {
    readonly type: "invalid";
    /** Not even JSON: the stream is not to be trusted any further. */
    readonly unreadable: boolean;
    readonly id: number | null;
    readonly problem: string;
  };

/** Reads one frame. Never throws. */
export function parseFrame(line: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return invalid(null, "The frame is not JSON", true);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return invalid(null, "The frame is not an object");
  }
  if ("method" in value) {
    return "id" in value ? readRequest(value) : readNotification(value);
  }
  return "error" in value ? readFailure(value) : readResult(value);
}

function readRequest(value: object): Frame {
  const read = check(Request, value);
  return read.success
    ? { type: "request", request: read.data }
    : invalid(idOf(value), problemOf(read.error));
}

function readNotification(value: object): Frame {
  const read = check(Notification, value);
  if (!read.success) return invalid(null, problemOf(read.error));
  const { method, params } = read.data;
  return { type: "notification", method, params };
}

function readResult(value: object): Frame {
  const read = check(Result, value);
  if (!read.success || !("result" in value)) {
    return invalid(idOf(value), "The frame is neither request nor response");
  }
  const { id, result } = read.data;
  return { type: "result", id, result };
}

function readFailure(value: object): Frame {
  const read = check(Failure, value);
  if (!read.success) return invalid(idOf(value), problemOf(read.error));
  const { id, error } = read.data;
  return { type: "error", id, error };
}

function invalid(
  id: number | null,
  problem: string,
  unreadable = false,
): Frame {
  return { type: "invalid", unreadable, id, problem };
}

function idOf(value: object): number | null {
  return Id.safeParse("id" in value ? value.id : undefined).data ?? null;
}

/** The first problem of a failed check, in one line and without the value. */
export function problemOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "invalid";
  const path = issue.path.join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}
