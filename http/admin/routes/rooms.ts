/**
 * Rooms: which there are, how they are, and what they allow.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import type { Creation, RoomsAdmin } from "../../../rooms/admin.ts";
import { command, describeRoom, refusal, summarizeRoom } from "../commands.ts";
import { ADMIN_PATH } from "../document.ts";
import { newRoutes } from "../new_routes.ts";
import { checkRoom, mayManage } from "../operator.ts";
import type { AdminOptions } from "../options.ts";
import { page, pageOf, PageQuery } from "../paging.ts";
import { Refusal } from "../refusal.ts";
import {
  body,
  json,
  nothing,
  problems,
  RoomPath,
  SECURITY,
  WriteHeaders,
  written,
} from "../schemas/common.ts";
import {
  Message,
  Room,
  RoomChange,
  RoomCreation,
  RoomSummary,
} from "../schemas/rooms.ts";

const tags = ["rooms"];
const inRoom = { params: RoomPath, headers: WriteHeaders };

const listRooms = createRoute({
  method: "get",
  path: "/rooms",
  operationId: "listRooms",
  summary: "The rooms, by their names",
  description: "Those that the access token grants.",
  tags,
  security: SECURITY,
  request: { query: PageQuery },
  responses: {
    200: pageOf(RoomSummary, "RoomPage"),
    ...problems(),
  },
});

const createRoom = createRoute({
  method: "post",
  path: "/rooms",
  operationId: "createRoom",
  summary: "Creates a room",
  description:
    "With a policy of its own, before anybody joins. If nobody does, it ends after its `emptyRoomMs`.",
  tags,
  security: SECURITY,
  request: { headers: WriteHeaders, ...body(RoomCreation) },
  responses: {
    201: { description: "The new room", content: json(Room) },
    ...written,
  },
});

const getRoom = createRoute({
  method: "get",
  path: "/rooms/{room}",
  operationId: "getRoom",
  summary: "One room",
  tags,
  security: SECURITY,
  request: { params: RoomPath },
  responses: {
    200: { description: "The room", content: json(Room) },
    ...problems(404, 503),
  },
});

const updateRoom = createRoute({
  method: "patch",
  path: "/rooms/{room}",
  operationId: "updateRoom",
  summary: "Changes the policy of a room",
  description: "It holds at once, and clients are told.",
  tags,
  security: SECURITY,
  request: { ...inRoom, ...body(RoomChange) },
  responses: {
    200: { description: "The room", content: json(Room) },
    ...written,
  },
});

const closeRoom = createRoute({
  method: "delete",
  path: "/rooms/{room}",
  operationId: "closeRoom",
  summary: "Closes a room",
  description: "All who are in it are told: `roomClosed`.",
  tags,
  security: SECURITY,
  request: inRoom,
  responses: { 204: nothing, ...written },
});

const sendMessage = createRoute({
  method: "post",
  path: "/rooms/{room}/messages",
  operationId: "sendMessage",
  summary: "Sends a message from the service",
  tags,
  security: SECURITY,
  request: { ...inRoom, ...body(Message) },
  responses: { 204: nothing, ...written },
});

export function roomRoutes({ rooms }: AdminOptions) {
  return newRoutes()
    .openapi(listRooms, async (c) => {
      const operator = c.get("operator");
      const all = await rooms.list();
      const own = all.filter(({ name }) => mayManage(operator, name));
      return c.json(page(own, ({ name }) => name, c.req.valid("query")), 200);
    })
    .openapi(createRoom, async (c) => {
      const { name, policy = {} } = c.req.valid("json");
      checkRoom(c.get("operator"), name);
      const creation = await rooms.create(name, policy);
      if (creation !== "created") throw notCreated[creation]();
      c.header("Location", `${ADMIN_PATH}/rooms/${name}`);
      return c.json(await roomOf(rooms, name), 201);
    })
    .openapi(getRoom, async (c) => {
      const { room } = c.req.valid("param");
      return c.json(await roomOf(rooms, room), 200);
    })
    .openapi(updateRoom, async (c) => {
      const { room } = c.req.valid("param");
      const { policy } = c.req.valid("json");
      await command(rooms, room, { type: "setPolicy", policy });
      return c.json(await roomOf(rooms, room), 200);
    })
    .openapi(closeRoom, async (c) => {
      const { room } = c.req.valid("param");
      const reason = "roomClosed";
      await command(rooms, room, { type: "closeRoom", reason });
      return c.body(null, 204);
    })
    .openapi(sendMessage, async (c) => {
      const { room } = c.req.valid("param");
      const { to, topic, body } = c.req.valid("json");
      await command(rooms, room, {
        type: "sendMessage",
        topic,
        body,
        ...(to && { to }),
      });
      return c.body(null, 204);
    });
}

async function roomOf(rooms: RoomsAdmin, name: string): Promise<Room> {
  const [summary, { policy, sfu, router, bans }] = await Promise.all([
    summarizeRoom(rooms, name),
    describeRoom(rooms, name),
  ]);
  return { ...summary, policy, sfu, router, bans: bans.length };
}

const notCreated = {
  exists: () =>
    new Refusal(409, "There is a room of this name", { reason: "roomExists" }),
  full: () => notNow("There are as many rooms as may be", "full"),
  draining: () => notNow("The service lets no room begin", "draining"),
  unavailable: () =>
    notNow("It is not known whether there is such a room", "unavailable"),
  invalidPolicy: () => refusal("invalidPolicy"),
} as const satisfies Record<Exclude<Creation, "created">, () => Refusal>;

const notNow = (detail: string, reason: string) =>
  new Refusal(503, detail, { reason, headers: { "Retry-After": "10" } });
