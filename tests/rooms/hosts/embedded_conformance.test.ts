import { join } from "node:path";
import { EmbeddedHost } from "../../../rooms/hosts/embedded.ts";
import { type KvSnapshots, openKvSnapshots } from "../../../rooms/stores/kv.ts";
import { conformance } from "./conformance.ts";
import { SharedSfu } from "./shared_sfu.ts";
import { partsOf, type Process, type Stage } from "./stage.ts";

conformance({ name: "embedded", ignore: false, hasMany: false, open });

async function open(): Promise<Stage> {
  const folder = await Deno.makeTempDir();
  const base = { sfu: new SharedSfu(), announced: [] };
  let running: { process: Process; kv: KvSnapshots } | undefined;

  async function start(): Promise<Process> {
    const kv = await openKvSnapshots(join(folder, "rooms.kv"));
    const { clock, link, lines, options } = partsOf(base);
    const host = new EmbeddedHost({ ...options, snapshots: kv });
    await host.restore();
    const end = async () => {
      if (running?.process === process) running = undefined;
      await kv.close();
    };
    const process: Process = {
      host,
      lines,
      async kill() {
        link.cut();
        clock.stop();
        await end();
      },
      async stop() {
        await host.close();
        clock.stop();
        await end();
      },
    };
    running = { process, kv };
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
