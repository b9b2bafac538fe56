/**
 * What Prometheus asks. Programs on this machine may read it, and operators of
 * the whole service from anywhere.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import {
  type AdminEnv,
  checkAllRooms,
  operatorsOnly,
  type ReadToken,
} from "../admin/operator.ts";
import { Refusal } from "../admin/refusal.ts";
import { parseAddress } from "../address.ts";
import { isForwarded, isLoopback } from "../loopback.ts";

export type MetricsOptions = {
  readonly scrape: () => Promise<
    { readonly text: string; readonly contentType: string }
  >;
  /** The other end of the TCP connection. */
  readonly peerOf: (c: Context) => string | undefined;
  readonly readToken: ReadToken;
};

export function metricsRoutes(
  { scrape, peerOf, readToken }: MetricsOptions,
): Hono<AdminEnv> {
  const operators = operatorsOnly(readToken);
  const mayRead = createMiddleware<AdminEnv>(async (c, next) => {
    const peer = parseAddress(peerOf(c) ?? "") ?? "";
    if (isLoopback(peer) && !isForwarded(c)) return await next();
    return await operators(c, async () => {
      checkAllRooms(c.get("operator"));
      await next();
    });
  });
  const routes = new Hono<AdminEnv>();
  routes.get("/metrics", mayRead, async (c) => {
    const { text, contentType } = await scrape();
    return c.body(text, 200, {
      "Content-Type": contentType,
      "Cache-Control": "no-store",
    });
  });
  routes.onError((error) => {
    if (error instanceof Refusal) return error.response;
    throw error;
  });
  return routes;
}
