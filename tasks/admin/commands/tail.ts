import type { RoomEvent } from "../../../admin/client.ts";
import { follow } from "../../../admin/follow.ts";
import type { Command } from "../command.ts";
import { printable } from "../terminal.ts";

export const tail: Command = {
  name: "tail",
  positionals: ["[room]"],
  options: {
    after: {
      type: "string",
      value: "<id>",
      help: "begins after the event with this id",
    },
  },
  summary: "shows what happens, until it is stopped",
  async run({ access, given, terminal, signal }) {
    const { url, token } = await access();
    const [room] = given.positionals;
    const after = given.text("after");
    for await (const told of follow({ url, token, room, after, signal })) {
      if (told.type === "event") terminal.show(told.event, lineOf(told.event));
      else if (told.type === "gap") terminal.note("some events are lost");
      else if (told.type === "disconnected") {
        terminal.note(`disconnected; again in ${told.retryMs} ms`);
      } else terminal.note("connected");
    }
  },
};

function lineOf(
  { at, room, type, id: _, epoch: __, seq: ___, ...rest }: RoomEvent,
): string {
  const time = new Date(at).toISOString().slice(11, 23);
  const details = Object.entries(rest)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return printable([time, room, type, ...details].join(" "));
}
