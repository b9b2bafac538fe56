import { type ErrorName, errorObject } from "../protocol/errors.ts";

/** gRPC's names for what went wrong. */
export type Status =
  | "CANCELLED"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "UNAUTHENTICATED";

/** An error as the protocol carries it. */
export interface ErrorShape {
  /** From the error table of the protocol reference. */
  code: number;
  /** For people; may change. */
  message: string;
  /** `retryAfterMs`: milliseconds after which trying again makes sense. */
  data: { status: Status; fatal: boolean; retryAfterMs?: number | undefined };
}

/** The one error class of the SDK. Decide by `code`; `message` is for people. */
export class HoldfastError extends Error {
  /** For the console. */
  override readonly name = "HoldfastError";
  /** From the error table of the protocol reference, such as 53105: room full. */
  readonly code: number;
  /** The kind of failure, for where the code says too much. */
  readonly status: Status;
  /** The room is lost, or cannot be had; trying again as before is useless. */
  readonly fatal: boolean;
  /** Milliseconds after which trying again makes sense. */
  readonly retryAfterMs: number | undefined;

  /** Made by the SDK; public for the tests of apps. */
  constructor(error: ErrorShape, options?: { cause?: unknown }) {
    super(error.message, options);
    this.code = error.code;
    this.status = error.data.status;
    this.fatal = error.data.fatal;
    this.retryAfterMs = error.data.retryAfterMs;
  }
}

/** The error with this name in the table; `detail` says what happened here. */
export function errorOf(
  name: ErrorName,
  detail?: string,
  cause?: unknown,
): HoldfastError {
  return new HoldfastError(errorObject(name, detail), { cause });
}

/** A HoldfastError as it is; anything else as the cause of a `name`. */
export function asHoldfastError(
  error: unknown,
  name: ErrorName,
): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return errorOf(name, detail, error);
}

export function shapeOf(error: HoldfastError): ErrorShape {
  const { code, message, status, fatal, retryAfterMs } = error;
  return { code, message, data: { status, fatal, retryAfterMs } };
}
