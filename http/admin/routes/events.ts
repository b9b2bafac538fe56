/**
 * What happens in the rooms, while it happens.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { RoomName } from "../../../protocol/mod.ts";
import { EventStream } from "../event_stream.ts";
import { newRoutes } from "../new_routes.ts";
import { checkRoom, mayManage } from "../operator.ts";
import type { AdminOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { problems, SECURITY } from "../schemas/common.ts";
import { Event } from "../schemas/service.ts";

const MAX_STREAMS = 100;

const streamEvents = createRoute({
  method: "get",
  path: "/events",
  operationId: "streamEvents",
  summary: "What happens in the rooms, live",
  description: [
    "Server-sent events, of the rooms that the access token grants. Each has an id; `Last-Event-ID` brings those after it first.",
    "An event `gap` says that some of them are not kept any more. Comments keep the connection alive.",
    "The stream ends with the access token, and when the service begins to drain.",
  ].join(" "),
  tags: ["events"],
  security: SECURITY,
  request: {
    query: z.object({
      room: RoomName.optional().meta({ description: "Of this room only" }),
    }),
    headers: z.object({
      "last-event-id": z.coerce.number().int().min(0).optional()
        .meta({ description: "The id of the last event that was seen" }),
    }),
  },
  responses: {
    200: {
      description: "Events; `data` is JSON",
      content: { "text/event-stream": { schema: Event } },
    },
    ...problems(503),
  },
});

export function eventRoutes({ announcements, clock, rooms }: AdminOptions) {
  const streams = new Set<EventStream>();
  const routes = newRoutes().openapi(streamEvents, (c) => {
    const operator = c.get("operator");
    const { room } = c.req.valid("query");
    if (room !== undefined) checkRoom(operator, room);
    if (rooms.state === "closing") throw notNow("The service is closing");
    if (streams.size >= MAX_STREAMS) throw notNow("Too many follow the events");
    const { "last-event-id": after = announcements.lastId } = c.req.valid(
      "header",
    );
    const stream = new EventStream({
      announcements,
      clock,
      after,
      accepts: (name) => name === (room ?? name) && mayManage(operator, name),
      until: operator.expiresAt,
    }, () => streams.delete(stream));
    streams.add(stream);
    return c.body(stream.body, 200, {
      "Content-Type": "text/event-stream",
      // Proxies would wait for more.
      "X-Accel-Buffering": "no",
    });
  });
  return {
    routes,
    endAll() {
      for (const stream of [...streams]) stream.end();
    },
  };
}

const notNow = (detail: string) =>
  new Refusal(503, detail, { reason: "busy", headers: { "Retry-After": "5" } });
