/**
 * Participants of a room: how they are, and what an operator does with them.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import type { ParticipantDescription } from "../../../rooms/admin.ts";
import { command, describeRoom, findParticipant } from "../commands.ts";
import { withoutStats, withStats } from "../media_stats.ts";
import { newRoutes } from "../new_routes.ts";
import { checkRoom } from "../operator.ts";
import type { AdminOptions } from "../options.ts";
import { page, pageOf, PageQuery } from "../paging.ts";
import {
  body,
  json,
  nothing,
  ParticipantPath,
  problems,
  RoomPath,
  SECURITY,
  TrackPath,
  WriteHeaders,
  written,
} from "../schemas/common.ts";
import {
  Move,
  Participant,
  ParticipantChange,
  ParticipantSummary,
  RemovalQuery,
  TrackChange,
} from "../schemas/participants.ts";

/** Somebody who is on the way needs a token for at least so long. */
const MIN_MOVE_TOKEN_S = 60;
const tags = ["participants"];
const headers = WriteHeaders;

const listParticipants = createRoute({
  method: "get",
  path: "/rooms/{room}/participants",
  operationId: "listParticipants",
  summary: "Who is in a room, in the order in which they joined",
  tags,
  security: SECURITY,
  request: { params: RoomPath, query: PageQuery },
  responses: {
    200: pageOf(ParticipantSummary, "ParticipantPage"),
    ...problems(404, 503),
  },
});

const getParticipant = createRoute({
  method: "get",
  path: "/rooms/{room}/participants/{sessionId}",
  operationId: "getParticipant",
  summary: "One participant, with bitrates and scores",
  tags,
  security: SECURITY,
  request: {
    params: ParticipantPath,
    query: z.object({
      stats: z.enum(["true", "false"]).default("true")
        .meta({ description: "Whether the media server is asked" }),
    }),
  },
  responses: {
    200: { description: "The participant", content: json(Participant) },
    ...problems(404, 503),
  },
});

const updateParticipant = createRoute({
  method: "patch",
  path: "/rooms/{room}/participants/{sessionId}",
  operationId: "updateParticipant",
  summary: "Changes grants, name or metadata",
  description:
    "Holds at once: what a participant may not do any more is closed.",
  tags,
  security: SECURITY,
  request: { params: ParticipantPath, headers, ...body(ParticipantChange) },
  responses: {
    200: { description: "The participant", content: json(Participant) },
    ...written,
  },
});

const removeParticipant = createRoute({
  method: "delete",
  path: "/rooms/{room}/participants/{sessionId}",
  operationId: "removeParticipant",
  summary: "Removes a participant",
  description: "With `banSeconds`, the identity is kept out of the room, too.",
  tags,
  security: SECURITY,
  request: { params: ParticipantPath, headers, query: RemovalQuery },
  responses: { 204: nothing, ...written },
});

const moveParticipant = createRoute({
  method: "post",
  path: "/rooms/{room}/participants/{sessionId}/move",
  operationId: "moveParticipant",
  summary: "Moves a participant to another room",
  description:
    "Its client gets an access token for that room, with the same grants but `admin`, and goes there.",
  tags,
  security: SECURITY,
  request: { params: ParticipantPath, headers, ...body(Move) },
  responses: { 204: nothing, ...written },
});

const updateTrack = createRoute({
  method: "patch",
  path: "/rooms/{room}/participants/{sessionId}/tracks/{key}",
  operationId: "updateTrack",
  summary: "Mutes a track, or lets it be heard or seen again",
  tags,
  security: SECURITY,
  request: { params: TrackPath, headers, ...body(TrackChange) },
  responses: { 204: nothing, ...written },
});

export function participantRoutes(options: AdminOptions) {
  const { rooms } = options;
  return newRoutes()
    .openapi(listParticipants, async (c) => {
      const { room } = c.req.valid("param");
      const { participants } = await describeRoom(rooms, room);
      const found = page(participants, byJoining, c.req.valid("query"));
      return c.json({ ...found, items: found.items.map(summaryOf) }, 200);
    })
    .openapi(getParticipant, async (c) => {
      const { room: name, sessionId } = c.req.valid("param");
      const room = await describeRoom(rooms, name);
      const found = findParticipant(room, sessionId);
      const isAsked = c.req.valid("query").stats === "true";
      return c.json(
        isAsked ? await withStats(found, room, rooms) : withoutStats(found),
        200,
      );
    })
    .openapi(updateParticipant, async (c) => {
      const { room, sessionId } = c.req.valid("param");
      const { grants, name, metadata } = c.req.valid("json");
      await command(rooms, room, {
        type: "updateParticipant",
        sessionId,
        ...(grants && { grants }),
        ...(name !== undefined && { name }),
        ...(metadata !== undefined && { metadata }),
      });
      const described = await describeRoom(rooms, room);
      return c.json(withoutStats(findParticipant(described, sessionId)), 200);
    })
    .openapi(removeParticipant, async (c) => {
      const { room, sessionId } = c.req.valid("param");
      const { banSeconds } = c.req.valid("query");
      await command(rooms, room, {
        type: "removeParticipant",
        sessionId,
        ...(banSeconds !== undefined && { banMs: banSeconds * 1_000 }),
      });
      return c.body(null, 204);
    })
    .openapi(moveParticipant, async (c) => {
      const { room, sessionId } = c.req.valid("param");
      const target = c.req.valid("json").room;
      checkRoom(c.get("operator"), target);
      const described = await describeRoom(rooms, room);
      const participant = findParticipant(described, sessionId);
      const token = await tokenFor(participant, target, options);
      await command(rooms, room, {
        type: "moveParticipant",
        sessionId,
        room: target,
        token,
      });
      return c.body(null, 204);
    })
    .openapi(updateTrack, async (c) => {
      const { room, sessionId, key } = c.req.valid("param");
      const { muted } = c.req.valid("json");
      await command(rooms, room, { type: "setMuted", sessionId, key, muted });
      return c.body(null, 204);
    });
}

function byJoining({ joinedAt, sessionId }: ParticipantDescription): string {
  return `${String(Math.floor(joinedAt)).padStart(16, "0")} ${sessionId}`;
}

function summaryOf(
  { consumers, dataProducers, dataConsumers, ...rest }: ParticipantDescription,
) {
  return {
    ...rest,
    consumers: consumers.length,
    dataProducers: dataProducers.length,
    dataConsumers: dataConsumers.length,
  };
}

/** One that holds as long as the token with which the participant came. */
function tokenFor(
  { identity, name, metadata, grants, tokenExpiresAt }: ParticipantDescription,
  room: string,
  { issueToken, clock }: AdminOptions,
): Promise<string> {
  const leftS = Math.ceil((tokenExpiresAt - clock.now()) / 1_000);
  const claims = {
    sub: identity,
    room,
    name,
    // Who is brought to a room has not been made one of its operators.
    grants: { ...grants, admin: false },
    ...(metadata !== undefined && { metadata }),
  };
  return issueToken(claims, Math.max(MIN_MOVE_TOKEN_S, leftS));
}
