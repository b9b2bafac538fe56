/**
 * Whether the service lives, and whether it can do its work.
 *
 * @module
 */
import { Hono } from "hono";

export type HealthOptions = {
  /** Why no call can be made at the moment. */
  readonly unreadyReason: () => string | undefined;
};

const fresh = { "Cache-Control": "no-store" };

export function healthRoutes({ unreadyReason }: HealthOptions): Hono {
  return new Hono()
    .get("/healthz", (c) => c.json({ status: "ok" }, 200, fresh))
    .get("/readyz", (c) => {
      const reason = unreadyReason();
      return reason === undefined
        ? c.json({ status: "ready" }, 200, fresh)
        : c.json({ status: "unready", reason }, 503, fresh);
    });
}
