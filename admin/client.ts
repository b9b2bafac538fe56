/**
 * A client of the admin API, for programs and pages.
 *
 * @module
 */
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.ts";

export type AdminClient = Client<paths>;
type Schemas = components["schemas"];
export type Ban = Schemas["Ban"];
export type Participant = Schemas["Participant"];
export type ParticipantSummary = Schemas["ParticipantSummary"];
export type PolicyPatch = Schemas["PolicyPatch"];
export type Problem = Schemas["Problem"];
export type Room = Schemas["Room"];
export type RoomEvent = Schemas["Event"];
export type RoomSummary = Schemas["RoomSummary"];
export type ServiceStatus = Schemas["ServiceStatus"];

export type AdminAccess = {
  /** Of the service, such as `https://calls.example.com`. */
  readonly url: string;
  /** With the grant `admin`. */
  readonly token: string;
  /** In place of the global one. */
  readonly fetch?: typeof fetch;
};

/** The service answered that it will not. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const DEADLINE_MS = 10_000;
const TRIES = 3;

/**
 * Each write has an `Idempotency-Key`, so that one whose answer got lost is sent
 * again, and done once.
 */
export function adminClient(
  { url, token, fetch = globalThis.fetch }: AdminAccess,
): AdminClient {
  const client = createClient<paths>({
    baseUrl: adminUrl(url),
    headers: { authorization: `Bearer ${token}` },
    fetch: (request) => persistent(fetch, request),
  });
  client.use({
    onRequest({ request }) {
      if (request.method === "GET") return;
      if (request.headers.has("idempotency-key")) return;
      request.headers.set("idempotency-key", crypto.randomUUID());
    },
  });
  return client;
}

export const adminUrl = (url: string): string => new URL("/admin/v1", url).href;

async function persistent(
  send: typeof fetch,
  request: Request,
): Promise<Response> {
  for (let left = TRIES - 1;; left -= 1) {
    try {
      const signal = AbortSignal.any([
        request.signal,
        AbortSignal.timeout(DEADLINE_MS),
      ]);
      return await send(new Request(request.clone(), { signal }));
    } catch (error) {
      if (left === 0 || request.signal.aborted) throw error;
    }
  }
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/**
 * What was asked for.
 *
 * @throws {AdminError}
 */
export async function get<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  throw new AdminError(problemOf(error, response));
}

/** Something between may have answered in the place of the service. */
export function problemOf(body: unknown, { status }: Response): Problem {
  const isOurs = typeof body === "object" && body !== null &&
    "detail" in body && "title" in body;
  if (isOurs) return body as Problem;
  return {
    type: "about:blank",
    title: "Error",
    status,
    detail: `The answer was HTTP ${status}, and not one of the admin API`,
  };
}

/** All items of a list, page after page. */
export async function* pages<T>(
  read: (pageToken?: string) => Promise<{ items: T[]; nextPageToken?: string }>,
): AsyncGenerator<T> {
  let pageToken: string | undefined;
  do {
    const { items, nextPageToken } = await read(pageToken);
    yield* items;
    pageToken = nextPageToken;
  } while (pageToken !== undefined);
}
