/**
 * The service as a whole: how it is, whether it takes new rooms.
 *
 * @module
 */
import { createRoute, z } from "@hono/zod-openapi";
import { askSfu } from "../../../sfu/ask.ts";
import { newRoutes } from "../new_routes.ts";
import { checkAllRooms } from "../operator.ts";
import type { AdminOptions } from "../options.ts";
import {
  json,
  nothing,
  problems,
  SECURITY,
  WriteHeaders,
  written,
} from "../schemas/common.ts";
import { IceServers, ServiceStatus } from "../schemas/service.ts";

/** Who looks must not wait for long. */
const DEADLINE_MS = 2_000;
const tags = ["service"];

const getStatus = createRoute({
  method: "get",
  path: "/status",
  operationId: "getStatus",
  summary: "How the service is",
  tags,
  security: SECURITY,
  responses: {
    200: { description: "Its state", content: json(ServiceStatus) },
    ...problems(),
  },
});

const drain = createRoute({
  method: "put",
  path: "/drain",
  operationId: "drain",
  summary: "Lets no room begin",
  description:
    "Rooms that are there go on, and take joins. `/readyz` answers 503, and event streams end once, so that clients may find another process.",
  tags,
  security: SECURITY,
  request: { headers: WriteHeaders },
  responses: { 204: nothing, ...written },
});

const undrain = createRoute({
  method: "delete",
  path: "/drain",
  operationId: "undrain",
  summary: "Lets rooms begin again",
  tags,
  security: SECURITY,
  request: { headers: WriteHeaders },
  responses: { 204: nothing, ...written },
});

const getIceServers = createRoute({
  method: "get",
  path: "/ice-servers",
  operationId: "getIceServers",
  summary: "The STUN and TURN servers that a client would get",
  tags,
  security: SECURITY,
  request: {
    query: z.object({
      identity: z.string().min(1).max(128).optional().meta({
        description: "In whose name credentials are made [the operator's]",
      }),
    }),
  },
  responses: {
    200: {
      description: "With credentials that hold from now on",
      content: json(IceServers),
    },
    ...problems(),
  },
});

/** `onDrain` runs when the service begins to drain. */
export function serviceRoutes(
  { rooms, link, iceServersFor, clock }: AdminOptions,
  onDrain: () => void,
) {
  return newRoutes()
    .openapi(getStatus, async (c) => {
      checkAllRooms(c.get("operator"));
      const [summaries, sfu] = await Promise.all([
        rooms.list(),
        askSfu(link, "getStatus", {}, { deadlineMs: DEADLINE_MS }),
      ]);
      return c.json({
        state: rooms.state,
        rooms: summaries.length,
        participants: summaries.reduce((sum, one) => sum + one.participants, 0),
        sfu: {
          state: link.state,
          ...(sfu && { mediasoup: sfu.mediasoup, workers: sfu.workers }),
        },
      }, 200);
    })
    .openapi(drain, (c) => {
      checkAllRooms(c.get("operator"));
      if (rooms.state === "open") {
        rooms.drain();
        onDrain();
      }
      return c.body(null, 204);
    })
    .openapi(undrain, (c) => {
      checkAllRooms(c.get("operator"));
      rooms.undrain();
      return c.body(null, 204);
    })
    .openapi(getIceServers, (c) => {
      const { identity = c.get("operator").identity } = c.req.valid("query");
      const { servers } = iceServersFor(identity, clock.now());
      return c.json({ iceServers: [...servers] }, 200);
    });
}
