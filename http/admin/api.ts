/**
 * The admin API: what operators see and do over HTTP, described by OpenAPI out
 * of the schemas that check it.
 *
 * @module
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { problem } from "../problem.ts";
import { limitedBodies } from "../security.ts";
import { documentOf, type OpenApiDocument } from "./document.ts";
import { idempotency } from "./idempotency.ts";
import { newRoutes } from "./new_routes.ts";
import { type AdminEnv, checkRoom, operatorsOnly } from "./operator.ts";
import type { AdminOptions } from "./options.ts";
import { Refusal } from "./refusal.ts";
import { banRoutes } from "./routes/bans.ts";
import { eventRoutes } from "./routes/events.ts";
import { participantRoutes } from "./routes/participants.ts";
import { roomRoutes } from "./routes/rooms.ts";
import { serviceRoutes } from "./routes/service.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** The largest message that a room can allow, and what is around it. */
const MAX_BODY_BYTES = 1_310_720;

export function adminApi(options: AdminOptions): OpenAPIHono<AdminEnv> {
  const api = newRoutes();
  api.onError((error, c) => {
    if (error instanceof Refusal) return error.response;
    if (error instanceof HTTPException) {
      return problem(error.status, error.message);
    }
    options.log.error("admin request failed", { method: c.req.method, error });
    return problem(500, "The service failed");
  });
  let document: OpenApiDocument | undefined;
  api.get("/openapi.json", (c) => {
    document ??= documentOf(api);
    return c.json(document, 200, fresh);
  });
  api.use(operatorsOnly(options.readToken), notCached, ownRoomsOnly);
  api.use(limitedBodies(MAX_BODY_BYTES), idempotency(options.clock));
  const events = eventRoutes(options);
  api.route("/", serviceRoutes(options, events.endAll));
  api.route("/", roomRoutes(options));
  api.route("/", participantRoutes(options));
  api.route("/", banRoutes(options));
  api.route("/", events.routes);
  api.route("/", webhookRoutes(options));
  return api;
}

const fresh = { "Cache-Control": "no-cache" };

const notCached = createMiddleware(async (c, next) => {
  await next();
  c.header("Cache-Control", "no-store");
});

const ownRoomsOnly = createMiddleware<AdminEnv>(async (c, next) => {
  const room = /\/rooms\/([^/]+)/.exec(c.req.path)?.[1];
  if (room !== undefined) checkRoom(c.get("operator"), room);
  await next();
});
