/**
 * Identities that are kept out of a room.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { Identity } from "../../../protocol/mod.ts";
import { command, describeRoom } from "../commands.ts";
import { newRoutes } from "../new_routes.ts";
import type { AdminOptions } from "../options.ts";
import { page, pageOf, PageQuery } from "../paging.ts";
import {
  body,
  nothing,
  problems,
  RoomPath,
  SECURITY,
  WriteHeaders,
  written,
} from "../schemas/common.ts";
import { Ban, BanCreation } from "../schemas/rooms.ts";

const tags = ["bans"];
const BanPath = RoomPath.extend({ identity: Identity });

const listBans = createRoute({
  method: "get",
  path: "/rooms/{room}/bans",
  operationId: "listBans",
  summary: "Who is kept out of a room",
  tags,
  security: SECURITY,
  request: { params: RoomPath, query: PageQuery },
  responses: {
    200: pageOf(Ban, "BanPage"),
    ...problems(404, 503),
  },
});

const putBan = createRoute({
  method: "put",
  path: "/rooms/{room}/bans/{identity}",
  operationId: "ban",
  summary: "Keeps an identity out of a room",
  description:
    "Its sessions end, and neither a join nor a resume brings it in.",
  tags,
  security: SECURITY,
  request: { params: BanPath, headers: WriteHeaders, ...body(BanCreation) },
  responses: { 204: nothing, ...written },
});

const deleteBan = createRoute({
  method: "delete",
  path: "/rooms/{room}/bans/{identity}",
  operationId: "unban",
  summary: "Lets an identity in again",
  tags,
  security: SECURITY,
  request: { params: BanPath, headers: WriteHeaders },
  responses: { 204: nothing, ...written },
});

export function banRoutes({ rooms }: AdminOptions) {
  return newRoutes()
    .openapi(listBans, async (c) => {
      const { room } = c.req.valid("param");
      const { bans } = await describeRoom(rooms, room);
      const query = c.req.valid("query");
      return c.json(page(bans, ({ identity }) => identity, query), 200);
    })
    .openapi(putBan, async (c) => {
      const { room, identity } = c.req.valid("param");
      const banMs = c.req.valid("json").seconds * 1_000;
      await command(rooms, room, { type: "ban", identity, banMs });
      return c.body(null, 204);
    })
    .openapi(deleteBan, async (c) => {
      const { room, identity } = c.req.valid("param");
      await command(rooms, room, { type: "unban", identity });
      return c.body(null, 204);
    });
}
