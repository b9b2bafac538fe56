import { join } from "node:path";
import { EmbeddedHost } from "../../../rooms/hosts/embedded.ts";
import {
  openSqliteSnapshots,
  type SqliteSnapshots,
} from "../../../rooms/stores/sqlite.ts";
import { conformance } from "./conformance.ts";
import { SharedSfu } from "./shared_sfu.ts";
import { partsOf, type Process, type Stage } from "./stage.ts";

conformance({ name: "embedded", ignore: false, hasMany: false, open });

async function open(): Promise<Stage> {
  const folder = await Deno.makeTempDir();
  const base = { sfu: new SharedSfu(), announced: [] };
  let running: { process: Process; snapshots: SqliteSnapshots } | undefined;

  async function start(): Promise<Process> {
    const snapshots = openSqliteSnapshots(join(folder, "rooms.sqlite"));
    const { clock, link, lines, options } = partsOf(base);
    const host = new EmbeddedHost({ ...options, snapshots });
    await host.restore();
    const end = () => {
      if (running?.process === process) running = undefined;
      snapshots.close();
    };
    const process: Process = {
      host,
      lines,
      kill() {
        link.cut();
        clock.stop();
        end();
        return Promise.resolve();
      },
      async stop() {
        await host.close();
        clock.stop();
        end();
      },
    };
    running = { process, snapshots };
    return process;
  }

  return {
    ...base,
    start,
    async [Symbol.asyncDispose]() {
      await running?.process.kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
