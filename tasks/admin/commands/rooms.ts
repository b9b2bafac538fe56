import {
  get,
  pages,
  type PolicyPatch,
  type Room,
  type RoomSummary,
} from "../../../admin/client.ts";
import { type Command, parsedJson, positional } from "../command.ts";
import { ago } from "../terminal.ts";

const list: Command = {
  name: "rooms list",
  positionals: [],
  options: {},
  summary: "the rooms there are",
  async run({ client, terminal }) {
    const api = await client();
    const rooms = await Array.fromAsync(
      pages<RoomSummary>((pageToken) =>
        get(api.GET("/rooms", {
          params: { query: { pageSize: 200, ...(pageToken && { pageToken }) } },
        }))
      ),
    );
    terminal.table(
      rooms,
      ["room", "participants", "reconnecting", "producers", "consumers", "age"],
      rooms.map((room) => [
        room.name,
        room.participants,
        room.reconnecting,
        room.producers,
        room.consumers,
        ago(room.createdAt),
      ]),
    );
  },
};

const show: Command = {
  name: "rooms show",
  positionals: ["<room>"],
  options: {},
  summary: "one room, with its policy",
  async run({ client, given, terminal }) {
    const path = { room: positional(given, 0) };
    const api = await client();
    const room = await get(api.GET("/rooms/{room}", { params: { path } }));
    terminal.show(room, textOf(room));
  },
};

const create: Command = {
  name: "rooms create",
  positionals: ["<room>"],
  options: {
    policy: {
      type: "string",
      value: "<json>",
      help: 'some of its policy, such as {"maxParticipants": 10}',
    },
  },
  summary: "creates a room before anybody joins",
  async run({ client, given, terminal }) {
    const policy = given.text("policy");
    const api = await client();
    const room = await get(api.POST("/rooms", {
      body: {
        name: positional(given, 0),
        // The service checks it, and says what is wrong with it.
        ...(policy !== undefined &&
          { policy: parsedJson(policy, "--policy") as PolicyPatch }),
      },
    }));
    terminal.show(room, textOf(room));
  },
};

const policy: Command = {
  name: "rooms policy",
  positionals: ["<room>", "<json>"],
  options: {},
  summary: "changes some of the policy of a room",
  async run({ client, given, terminal }) {
    const policy = parsedJson(positional(given, 1), "<json>") as PolicyPatch;
    const params = { path: { room: positional(given, 0) } };
    const api = await client();
    const room = await get(
      api.PATCH("/rooms/{room}", { params, body: { policy } }),
    );
    terminal.show(room, textOf(room));
  },
};

const close: Command = {
  name: "rooms close",
  positionals: ["<room>"],
  options: {},
  summary: "closes a room, and ends all that is in it",
  async run({ client, given, terminal }) {
    const room = positional(given, 0);
    const api = await client();
    await get(api.DELETE("/rooms/{room}", { params: { path: { room } } }));
    terminal.done(`${room} is closed`);
  },
};

export const roomCommands: readonly Command[] = [
  list,
  show,
  create,
  policy,
  close,
];

function textOf({ policy, router, log, ...room }: Room): string {
  const rows = [
    ...Object.entries({ ...room, createdAt: `${ago(room.createdAt)} ago` }),
    ["router", router.state],
    ["unacknowledged events", `${log.events} (${log.bytes} bytes)`],
    ...Object.entries(policy).map(([name, value]) => [`policy.${name}`, value]),
  ];
  return rows.map(([name, value]) => `${name}: ${value}`).join("\n");
}
