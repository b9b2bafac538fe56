/**
 * Problem details (RFC 9457): how the service says over HTTP what is wrong.
 *
 * @module
 */
import { STATUS_CODES } from "node:http";

/**
 * `detail` is for people, `members` are for programs; neither ever carries what
 * a secret might be in.
 */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): Response {
  const title = STATUS_CODES[status] ?? "Error";
  const body = { type: "about:blank", title, status, detail, ...members };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...headers,
    },
  });
}
