/**
 * Every error that a client can meet, in one table. The numbers in the 20000s
 * and 53000s keep the meaning that users of hosted video services know them by;
 * the negative ones are JSON-RPC's own.
 *
 * @module
 */
import * as z from "zod";

/** gRPC's names for what went wrong. */
export const Status = z.enum([
  "CANCELLED",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "UNAUTHENTICATED",
]);
export type Status = z.infer<typeof Status>;

type Row = {
  readonly code: number;
  readonly status: Status;
  /** The connection cannot go on after it, and trying again as before is useless. */
  readonly fatal: boolean;
  readonly message: string;
};

export const errors = {
  parseError: {
    code: -32700,
    status: "INVALID_ARGUMENT",
    fatal: false,
    message: "The frame is not JSON",
  },
  invalidRequest: {
    code: -32600,
    status: "INVALID_ARGUMENT",
    fatal: false,
    message: "The frame is not a JSON-RPC 2.0 request or response",
  },
  methodNotFound: {
    code: -32601,
    status: "UNIMPLEMENTED",
    fatal: false,
    message: "There is no such method",
  },
  invalidParams: {
    code: -32602,
    status: "INVALID_ARGUMENT",
    fatal: false,
    message: "The parameters do not fit the method",
  },
  internalError: {
    code: -32603,
    status: "INTERNAL",
    fatal: false,
    message: "The service failed",
  },

  tokenInvalid: {
    code: 20101,
    status: "UNAUTHENTICATED",
    fatal: true,
    message: "The access token is invalid",
  },
  tokenHeaderInvalid: {
    code: 20102,
    status: "UNAUTHENTICATED",
    fatal: true,
    message: "The header of the access token is invalid",
  },
  tokenIssuerInvalid: {
    code: 20103,
    status: "UNAUTHENTICATED",
    fatal: true,
    message: "The access token is from elsewhere, or for elsewhere",
  },
  tokenExpired: {
    code: 20104,
    status: "UNAUTHENTICATED",
    fatal: true,
    message: "The access token has expired",
  },
  tokenNotYetValid: {
    code: 20105,
    status: "UNAUTHENTICATED",
    fatal: true,
    message: "The access token is not valid yet",
  },
  tokenGrantsInvalid: {
    code: 20106,
    status: "PERMISSION_DENIED",
    fatal: true,
    message: "The access token does not grant this",
  },
  tokenSignatureInvalid: {
    code: 20107,
    status: "UNAUTHENTICATED",
    fatal: true,
    message: "The signature of the access token is invalid",
  },

  signalingFailed: {
    code: 53000,
    status: "UNAVAILABLE",
    fatal: true,
    message: "Signaling connection attempts are exhausted",
  },
  signalingLost: {
    code: 53001,
    status: "UNAVAILABLE",
    fatal: false,
    message: "The signaling connection was lost",
  },
  signalingTimeout: {
    code: 53002,
    status: "DEADLINE_EXCEEDED",
    fatal: true,
    message: "Signaling took too long",
  },
  invalidServerMessage: {
    code: 53003,
    status: "INTERNAL",
    fatal: false,
    message: "The service sent a message that cannot be understood",
  },
  joinExpected: {
    code: 53004,
    status: "FAILED_PRECONDITION",
    fatal: true,
    message: "The first message must be a join or a resume",
  },
  alreadyJoined: {
    code: 53005,
    status: "FAILED_PRECONDITION",
    fatal: false,
    message: "The connection has joined already",
  },
  busy: {
    code: 53006,
    status: "UNAVAILABLE",
    fatal: false,
    message: "The service is busy",
  },
  requestTimeout: {
    code: 53007,
    status: "DEADLINE_EXCEEDED",
    fatal: false,
    message: "The service did not answer in time",
  },
  cancelled: {
    code: 53008,
    status: "CANCELLED",
    fatal: false,
    message: "The operation was cancelled",
  },
  tooManyRequests: {
    code: 53009,
    status: "RESOURCE_EXHAUSTED",
    fatal: false,
    message: "The participant asks for more than is allowed at a time",
  },
  secretInvalid: {
    code: 53010,
    status: "UNAUTHENTICATED",
    fatal: true,
    message: "The secret of the session is wrong",
  },

  roomNameInvalid: {
    code: 53100,
    status: "INVALID_ARGUMENT",
    fatal: true,
    message: "The room name is invalid",
  },
  roomFull: {
    code: 53105,
    status: "RESOURCE_EXHAUSTED",
    fatal: true,
    message: "The room is full",
  },
  roomEnded: {
    code: 53118,
    status: "NOT_FOUND",
    fatal: true,
    message: "The room has ended",
  },

  tooManyProducers: {
    code: 53203,
    status: "RESOURCE_EXHAUSTED",
    fatal: false,
    message: "The participant publishes as much as the room allows",
  },
  participantNotFound: {
    code: 53204,
    status: "NOT_FOUND",
    fatal: false,
    message: "There is no such participant",
  },
  duplicateIdentity: {
    code: 53205,
    status: "ALREADY_EXISTS",
    fatal: true,
    message: "The identity joined the room again",
  },
  metadataTooLarge: {
    code: 53206,
    status: "RESOURCE_EXHAUSTED",
    fatal: false,
    message: "The metadata is larger than the room allows",
  },
  messageTooLarge: {
    code: 53207,
    status: "RESOURCE_EXHAUSTED",
    fatal: false,
    message: "The message is larger than the room allows",
  },
  participantRemoved: {
    code: 53208,
    status: "PERMISSION_DENIED",
    fatal: true,
    message: "The participant was removed from the room",
  },
  forbidden: {
    code: 53209,
    status: "PERMISSION_DENIED",
    fatal: false,
    message: "The participant may not do this",
  },

  trackInvalid: {
    code: 53300,
    status: "INVALID_ARGUMENT",
    fatal: false,
    message: "The track is invalid",
  },
  trackKeyDuplicate: {
    code: 53304,
    status: "ALREADY_EXISTS",
    fatal: false,
    message: "The participant publishes a track with this key already",
  },
  trackMutedByServer: {
    code: 53310,
    status: "PERMISSION_DENIED",
    fatal: false,
    message: "The track was muted by the service",
  },

  cannotConsume: {
    code: 53404,
    status: "FAILED_PRECONDITION",
    fatal: false,
    message: "The participant has no codec for this track",
  },
  mediaFailed: {
    code: 53405,
    status: "UNAVAILABLE",
    fatal: false,
    message: "The media connection failed",
  },
  dtlsFailed: {
    code: 53407,
    status: "UNAVAILABLE",
    fatal: false,
    message: "The DTLS handshake failed",
  },
  transportNotFound: {
    code: 53408,
    status: "NOT_FOUND",
    fatal: false,
    message: "There is no such transport",
  },
  producerNotFound: {
    code: 53409,
    status: "NOT_FOUND",
    fatal: false,
    message: "There is no such producer",
  },
  consumerNotFound: {
    code: 53410,
    status: "NOT_FOUND",
    fatal: false,
    message: "There is no such consumer",
  },
  tooManyTransports: {
    code: 53411,
    status: "RESOURCE_EXHAUSTED",
    fatal: false,
    message: "The participant has as many transports as the room allows",
  },
  tooManyConsumers: {
    code: 53412,
    status: "RESOURCE_EXHAUSTED",
    fatal: false,
    message: "The participant consumes as much as the room allows",
  },
  mediaServerUnavailable: {
    code: 53413,
    status: "UNAVAILABLE",
    fatal: false,
    message: "The media server is away",
  },
} as const satisfies Record<string, Row>;

export type ErrorName = keyof typeof errors;

export const ErrorObject = z.object({
  code: z.int(),
  message: z.string(),
  data: z.object({
    status: Status,
    fatal: z.boolean(),
    retryAfterMs: z.number().min(0).optional(),
    /** Why the session is over that was to be resumed. */
    reason: z.string().optional(),
  }),
});
/** The `error` member of a JSON-RPC response. */
export type ErrorObject = z.infer<typeof ErrorObject>;

/** What an error may say beyond its row. */
export type ErrorExtras = Partial<
  Pick<ErrorObject["data"], "retryAfterMs" | "reason" | "fatal">
>;

/** The wire form of a row; `detail` says what was wrong with this very message. */
export function errorObject(
  name: ErrorName,
  detail?: string,
  extras: ErrorExtras = {},
): ErrorObject {
  const { code, status, fatal, message } = errors[name];
  return {
    code,
    message: detail === undefined ? message : `${message}: ${detail}`,
    data: { status, fatal, ...extras },
  };
}
