/**
 * All that the service answers over HTTP.
 *
 * @module
 */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { Log } from "../log.ts";
import type { adminApi } from "./admin/api.ts";
import { ADMIN_PATH } from "./admin/document.ts";
import { problem } from "./problem.ts";
import { type HealthOptions, healthRoutes } from "./routes/health.ts";
import type { metricsRoutes } from "./routes/metrics.ts";
import {
  type OperatorTokenOptions,
  operatorTokenRoutes,
} from "./routes/operator_token.ts";
import { type PageOptions, pageRoutes } from "./routes/pages.ts";
import { roomRoutes, type RoomRoutesOptions } from "./routes/rooms.ts";
import { plainBodies, securityHeaders } from "./security.ts";

export type AppOptions =
  & HealthOptions
  & OperatorTokenOptions
  & PageOptions
  & RoomRoutesOptions
  & {
    /** What operators ask; it answers below `ADMIN_PATH`. */
    readonly admin?: ReturnType<typeof adminApi>;
    readonly metrics?: ReturnType<typeof metricsRoutes>;
    readonly log: Log;
  };

/** By the client, whose affair that is. */
const wasAborted = (error: Error): boolean =>
  "code" in error && error.code === "ECONNRESET";

export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders((c) => options.clientOf(c).isSecure));
  app.use(plainBodies);
  app.use(methodNotAllowed({
    app,
    onMethodNotAllowed: (_c, methods) => {
      const allow = methods.join(", ");
      return problem(405, `This address takes ${allow}`, { Allow: allow });
    },
  }));
  app.route("/", healthRoutes(options));
  app.route("/", roomRoutes(options));
  app.route("/", operatorTokenRoutes(options));
  if (options.admin) app.route(ADMIN_PATH, options.admin);
  if (options.metrics) app.route("/", options.metrics);
  app.route("/", pageRoutes(options));
  app.notFound(() => problem(404, "There is nothing at this address"));
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return problem(error.status, error.message);
    }
    const { path } = c.req;
    if (wasAborted(error)) {
      options.log.debug("request ended early", { path });
      return problem(400, "The request ended early");
    }
    options.log.error("request failed", { path, error });
    return problem(500, "The service failed");
  });
  return app;
}
