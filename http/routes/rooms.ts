/**
 * The door to the rooms.
 *
 * @module
 */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { z } from "zod";
import {
  describe,
  DisplayName,
  Identity,
  ResumeParams,
  RoomName,
  SUBPROTOCOL,
} from "../../protocol/mod.ts";
import type { Socket, SocketListener } from "../../rooms/connection.ts";
import { isFromThisMachine } from "../loopback.ts";
import type { LimitedAddress } from "../../rooms/limits/limits.ts";
import type { ClientOf } from "../client_address.ts";
import { problem } from "../problem.ts";
import { limitedBodies } from "../security.ts";
import type { WebSocketAdapter } from "../websocket/adapter.ts";

export type RoomRoutesOptions = {
  readonly webSockets: Pick<WebSocketAdapter, "upgrade">;
  readonly clientOf: ClientOf;
  /** Takes a socket that wants to join a room; `site`: what limits count it by. */
  readonly accept: (
    room: string,
    socket: Socket,
    site: LimitedAddress,
  ) => SocketListener;
  /** Ends a session whose page is going away, if the secret is the right one. */
  readonly leave: (room: string, sessionId: string, secret: string) => void;
  /** Origins whose pages may connect; all of them when there is none. */
  readonly allowedOrigins: readonly string[];
  /** Hands a token to anybody who asks; for development only. */
  readonly issueToken?: IssueToken;
};

export type IssueToken = (
  room: string,
  guest: { readonly identity: string; readonly name?: string | undefined },
) => Promise<string>;

const limitBody = limitedBodies(16_384);
/** Seconds that a browser remembers what pages of other origins may do. */
const PREFLIGHT_S = 600;

const Guest = z.strictObject({
  identity: Identity.optional(),
  name: DisplayName.optional(),
});

/** What a page sends by `sendBeacon`, as text or as JSON. */
const Leave = ResumeParams.pick({ sessionId: true, secret: true });

export function roomRoutes(options: RoomRoutesOptions): Hono {
  const { webSockets, clientOf, accept, leave, allowedOrigins, issueToken } =
    options;
  const routes = new Hono();

  routes.use("/rooms/:room/*", async (c, next) => {
    if (RoomName.safeParse(c.req.param("room")).success) return await next();
    return problem(400, "A room name is 1 to 64 of A-Z a-z 0-9 . _ ~ -");
  });

  routes.get("/rooms/:room/ws", (c) => {
    const refused = notUpgradable(c) ?? foreign(c, allowedOrigins) ??
      notOurs(c);
    if (refused) return refused;
    const room = c.req.param("room");
    const { site } = clientOf(c);
    return webSockets.upgrade(c, (socket) => accept(room, socket, site));
  });

  routes.use("/rooms/:room/leave", crossOrigin(allowedOrigins));
  // The answer is the same whether the session was there or not.
  routes.post("/rooms/:room/leave", limitBody, async (c) => {
    const refused = foreign(c, allowedOrigins);
    if (refused) return refused;
    const body = Leave.safeParse(await readJson(c));
    if (!body.success) return problem(400, describe(body.error));
    const { sessionId, secret } = body.data;
    leave(c.req.param("room"), sessionId, secret);
    return c.body(null, 204);
  });

  if (issueToken) {
    routes.post("/rooms/:room/token", limitBody, async (c) => {
      const refused = foreign(c, allowedOrigins);
      if (refused) return refused;
      if (!isFromThisMachine(c)) {
        return problem(403, "Only who is on this machine is given a token");
      }
      const guest = Guest.safeParse(await readJson(c));
      if (!guest.success) return problem(400, describe(guest.error));
      const { identity = `guest-${crypto.randomUUID()}`, name } = guest.data;
      const token = await issueToken(c.req.param("room"), { identity, name });
      return c.json({ token, identity }, 200, { "Cache-Control": "no-store" });
    });
  }
  return routes;
}

function notUpgradable(c: Context): Response | undefined {
  if (c.req.header("upgrade")?.toLowerCase() === "websocket") return;
  return problem(426, "This address speaks WebSocket only", {
    Upgrade: "websocket",
    Connection: "Upgrade",
  });
}

/** Programs that are no browsers name no origin, and can lie about it. */
function foreign(
  c: Context,
  allowed: readonly string[],
): Response | undefined {
  const origin = c.req.header("origin");
  if (origin === undefined || allowed.length === 0) return;
  if (allowed.includes(origin)) return;
  return problem(403, `Pages from ${origin} may not connect`);
}

/** For pages that load the SDK elsewhere: they may say that they go. */
const crossOrigin = (allowed: readonly string[]): MiddlewareHandler => {
  const rule = cors({
    origin: allowed.length === 0 ? "*" : [...allowed],
    allowMethods: ["POST"],
    allowHeaders: ["Content-Type"],
    maxAge: PREFLIGHT_S,
  });
  return async (c, next) => {
    c.header("Cross-Origin-Resource-Policy", "cross-origin");
    return await rule(c, next);
  };
};

function notOurs(c: Context): Response | undefined {
  const offered = c.req.header("sec-websocket-protocol")?.split(",") ?? [];
  if (offered.some((name) => name.trim() === SUBPROTOCOL)) return;
  return problem(400, `The subprotocol must be ${SUBPROTOCOL}`);
}

/** No body stands for an empty object; what is no JSON fits no schema. */
async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
