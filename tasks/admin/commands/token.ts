import { GrantsPatch, RoomName } from "../../../protocol/mod.ts";
import { makeToken } from "../access.ts";
import {
  type Command,
  type Given,
  parsedJson,
  positional,
  UsageError,
  wholeSeconds,
} from "../command.ts";

const DEFAULT_TTL = "1h";

export const tokenMake: Command = {
  name: "token make",
  positionals: ["<identity>", "<room>"],
  options: {
    ttl: {
      type: "string",
      value: "<time>",
      help: `such as 15m [${DEFAULT_TTL}]`,
    },
    name: { type: "string", value: "<name>", help: "what others see" },
    grants: {
      type: "string",
      value: "<json>",
      help: 'such as {"publish": ["microphone"]}; what is left out is granted',
    },
    admin: { type: "boolean", help: "for the admin API" },
  },
  summary: "makes an access token with the first of TOKEN_KEYS; room *: all",
  async run({ env, given, terminal }) {
    const sub = positional(given, 0);
    const room = positional(given, 1);
    if (room !== "*" && !RoomName.safeParse(room).success) {
      throw new UsageError("A room is 1 to 64 of A-Z a-z 0-9 . _ ~ -, or *");
    }
    const ttlS = wholeSeconds(given.text("ttl") ?? DEFAULT_TTL, "ttl");
    const name = given.text("name");
    const claims = { sub, room, name, grants: grantsOf(given) };
    const token = await makeToken(env, claims, ttlS);
    terminal.show({ token }, token);
  },
};

function grantsOf(given: Given): GrantsPatch {
  const json = given.text("grants");
  const admin = given.flag("admin") ? { admin: true } : {};
  if (json === undefined) return admin;
  const read = GrantsPatch.safeParse(parsedJson(json, "--grants"));
  if (read.success) return { ...read.data, ...admin };
  throw new UsageError(
    `--grants does not fit: ${read.error.issues[0]?.message}`,
  );
}
