/**
 * What the routes of the admin API have in common.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { Id, RoomName, TrackKey } from "../../../protocol/mod.ts";

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().meta({ description: "For people" }),
  reason: z.string().optional().meta({ description: "For programs" }),
}).meta({ id: "Problem", description: "What is wrong (RFC 9457)" });

const room = { room: RoomName.meta({ description: "The name of a room" }) };
const participant = { ...room, sessionId: Id };

export const RoomPath = z.object(room);
export const ParticipantPath = z.object(participant);
export const TrackPath = z.object({
  ...participant,
  key: TrackKey.meta({ description: "The key of a track" }),
});

/** Of every write. */
export const WriteHeaders = z.object({
  "idempotency-key": z.string().min(1).max(255).optional().meta({
    description:
      "Names this write: when it is sent again, it is done once and answered the same",
  }),
});

/** Milliseconds since 1970. */
export const Time = z.number().meta({
  description: "Milliseconds since 1970",
});

export const MAX_BAN_S = 10 * 365 * 86_400;
export const BanSeconds = z.int().min(1).max(MAX_BAN_S);

export const json = <T extends z.ZodType>(schema: T) => ({
  "application/json": { schema },
});

export const body = <T extends z.ZodType>(schema: T) => ({
  body: { content: json(schema), required: true },
});

const causes = {
  400: "The request does not fit the schema",
  401: "No access token, or one that does not hold",
  403: "The access token does not grant this",
  404: "There is no such room, participant or track",
  409: "The state of things does not allow it",
  413: "The body, or what it says, is larger than allowed",
  422: "The Idempotency-Key was used for another request",
  503: "Not possible for now",
} as const;
type Cause = keyof typeof causes;

const problemOf = (status: Cause) => ({
  description: causes[status],
  content: { "application/problem+json": { schema: Problem } },
});

type ProblemResponse = ReturnType<typeof problemOf>;

/** What every route may answer, and what some may. */
export function problems<T extends Cause = never>(
  ...statuses: T[]
): Record<400 | 401 | 403 | T, ProblemResponse> {
  const all = [400, 401, 403, ...statuses] as const;
  return Object.fromEntries(
    all.map((status) => [status, problemOf(status)]),
  ) as Record<400 | 401 | 403 | T, ProblemResponse>;
}

export const written = problems(404, 409, 413, 422, 503);

export const nothing = { description: "Done" };

export const SECURITY: Record<string, string[]>[] = [{ operator: [] }];
