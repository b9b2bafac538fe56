import { errors } from "../../protocol/errors.ts";
import { HoldfastError } from "../errors.ts";

/** Whether trying again, maybe with another transport, may go better. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return false;
  switch (error.status) {
    case "CANCELLED":
    case "UNAVAILABLE":
    case "DEADLINE_EXCEEDED":
    case "ABORTED":
      return true;
    default:
      return isTransportNotFound(error) || isTooMany(error);
  }
}

/** Whether the room allows no more transports. */
export const isTooMany = (error: unknown): boolean =>
  error instanceof HoldfastError &&
  error.code === errors.tooManyTransports.code;

/** Whether the service does not have what is to be closed or changed. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof HoldfastError && error.status === "NOT_FOUND";

export const isTransportNotFound = (error: unknown): boolean =>
  error instanceof HoldfastError &&
  error.code === errors.transportNotFound.code;

export const isProducerNotFound = (error: unknown): boolean =>
  error instanceof HoldfastError &&
  error.code === errors.producerNotFound.code;

/** Whether the service wants less to be asked. */
export const isTooManyRequests = (error: unknown): boolean =>
  error instanceof HoldfastError &&
  error.code === errors.tooManyRequests.code;

/** Whether the service has something under that key already. */
export const isKeyTaken = (error: unknown): boolean =>
  error instanceof HoldfastError &&
  error.code === errors.trackKeyDuplicate.code;

/** Whether an operator has muted the track that was to be unmuted. */
export const isMutedByServer = (error: unknown): boolean =>
  error instanceof HoldfastError &&
  error.code === errors.trackMutedByServer.code;
