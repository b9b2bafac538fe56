import { AdminError } from "../../admin/client.ts";

/** What went wrong, for people. */
export function problemWords(error: unknown): string {
  if (!(error instanceof AdminError)) {
    return "The service cannot be reached. Try again.";
  }
  const { status, detail } = error.problem;
  if (status === 401) {
    return "Your token does not hold any more. Sign in again.";
  }
  return /[.!?]$/.test(detail) ? detail : `${detail}.`;
}

export const isRefusal = (error: unknown): error is AdminError =>
  error instanceof AdminError;

export const isUnauthorized = (error: unknown): boolean =>
  isRefusal(error) && error.problem.status === 401;

export const isGone = (error: unknown): boolean =>
  isRefusal(error) && error.problem.status === 404;

export const isForbidden = (error: unknown): boolean =>
  isRefusal(error) && error.problem.status === 403;
