import { get } from "../../../admin/client.ts";
import type { Command } from "../command.ts";

const status: Command = {
  name: "status",
  positionals: [],
  options: {},
  summary: "how the service is",
  async run({ client, terminal }) {
    const api = await client();
    const found = await get(api.GET("/status"));
    const { state, rooms, participants, sfu } = found;
    const workers = sfu.workers?.map(({ load }) =>
      `${Math.round(load * 100)} %`
    );
    terminal.show(
      found,
      [
        `service: ${state}`,
        `rooms: ${rooms}`,
        `participants: ${participants}`,
        `media server: ${sfu.state}`,
        ...(workers ? [`load of its workers: ${workers.join(", ")}`] : []),
      ].join("\n"),
    );
  },
};

const drain: Command = {
  name: "drain",
  positionals: [],
  options: { off: { type: "boolean", help: "lets rooms begin again" } },
  summary: "lets no room begin; over Redis, gives its rooms to others",
  async run({ client, given, terminal }) {
    const api = await client();
    if (given.flag("off")) {
      await get(api.DELETE("/drain"));
      return terminal.done("rooms may begin");
    }
    await get(api.PUT("/drain"));
    terminal.done("no room begins any more");
  },
};

export const serviceCommands: readonly Command[] = [status, drain];
