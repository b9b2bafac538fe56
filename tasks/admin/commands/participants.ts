import { get } from "../../../admin/client.ts";
import {
  type Command,
  type Context,
  parsedJson,
  positional,
  UsageError,
  wholeSeconds,
} from "../command.ts";
import { participantsOf, sessionOf } from "../sessions.ts";
import { ago, printable, printableLines } from "../terminal.ts";

/** The room and the session that the first two positionals mean. */
async function meant({ client, given }: Context) {
  const api = await client();
  const room = positional(given, 0);
  const sessionId = await sessionOf(api, room, positional(given, 1));
  return { api, path: { room, sessionId } };
}

const participants: Command = {
  name: "participants",
  positionals: ["<room>", "[who]"],
  options: {},
  summary: "who is in a room, or one of them with bitrates and scores",
  async run(context) {
    const { client, given, terminal } = context;
    if (given.positionals.length > 1) {
      const { api, path } = await meant(context);
      const one = await get(
        api.GET("/rooms/{room}/participants/{sessionId}", { params: { path } }),
      );
      return terminal.show(one, printableLines(JSON.stringify(one, null, 2)));
    }
    const room = positional(given, 0);
    const all = await Array.fromAsync(participantsOf(await client(), room));
    terminal.table(
      all,
      [
        "session",
        "identity",
        "name",
        "state",
        "round trip",
        "media",
        "producers",
        "consumers",
        "since",
      ],
      all.map((one) => [
        one.sessionId,
        one.identity,
        one.name,
        one.state,
        one.roundTripMs === null ? null : `${Math.round(one.roundTripMs)} ms`,
        one.mediaState,
        one.producers.length,
        one.consumers,
        ago(one.joinedAt),
      ]),
    );
  },
};

const kick: Command = {
  name: "kick",
  positionals: ["<room>", "<who>"],
  options: {
    ban: {
      type: "string",
      value: "<time>",
      help: "keeps the identity out for so long, such as 15m",
    },
  },
  summary: "removes a participant",
  async run(context) {
    const ban = context.given.text("ban");
    const banSeconds = ban === undefined ? undefined : wholeSeconds(ban, "ban");
    const { api, path } = await meant(context);
    const query = banSeconds === undefined ? {} : { banSeconds };
    await get(api.DELETE("/rooms/{room}/participants/{sessionId}", {
      params: { path, query },
    }));
    context.terminal.done(`${path.sessionId} is removed`);
  },
};

const unban: Command = {
  name: "unban",
  positionals: ["<room>", "<identity>"],
  options: {},
  summary: "lets an identity in again",
  async run({ client, given, terminal }) {
    const path = {
      room: positional(given, 0),
      identity: positional(given, 1),
    };
    const api = await client();
    await get(
      api.DELETE("/rooms/{room}/bans/{identity}", { params: { path } }),
    );
    terminal.done(`${printable(path.identity)} may come in`);
  },
};

const mute: Command = {
  name: "mute",
  positionals: ["<room>", "<who>", "<track key>"],
  options: { off: { type: "boolean", help: "lets it be heard or seen again" } },
  summary: "mutes a track, and its owner cannot unmute it",
  async run(context) {
    const { given, terminal } = context;
    const muted = !given.flag("off");
    const { api, path } = await meant(context);
    const key = positional(given, 2);
    await get(
      api.PATCH("/rooms/{room}/participants/{sessionId}/tracks/{key}", {
        params: { path: { ...path, key } },
        body: { muted },
      }),
    );
    terminal.done(`${key} is ${muted ? "muted" : "free"}`);
  },
};

const move: Command = {
  name: "move",
  positionals: ["<room>", "<who>", "<to room>"],
  options: {},
  summary: "moves a participant to another room",
  async run(context) {
    const { given, terminal } = context;
    const { api, path } = await meant(context);
    const room = positional(given, 2);
    await get(
      api.POST("/rooms/{room}/participants/{sessionId}/move", {
        params: { path },
        body: { room },
      }),
    );
    terminal.done(`${path.sessionId} is told to go to ${room}`);
  },
};

const send: Command = {
  name: "send",
  positionals: ["<room>", "<json>"],
  options: {
    topic: { type: "string", value: "<topic>", help: "[admin]" },
    to: {
      type: "string",
      value: "<session>,...",
      help: "only to these sessions",
    },
  },
  summary: "sends a message from the service",
  async run({ client, given, terminal }) {
    const to = given.text("to")?.split(",").map((id) => id.trim());
    if (to?.some((id) => id === "")) {
      throw new UsageError("--to wants session ids with commas between");
    }
    const body = parsedJson(positional(given, 1), "<json>");
    const topic = given.text("topic") ?? "admin";
    const api = await client();
    await get(
      api.POST("/rooms/{room}/messages", {
        params: { path: { room: positional(given, 0) } },
        body: { topic, body, ...(to && { to }) },
      }),
    );
    terminal.done("sent");
  },
};

export const participantCommands: readonly Command[] = [
  participants,
  kick,
  unban,
  mute,
  move,
  send,
];
