import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { eachLine } from "../../sfu/spawn/each_line.ts";
import { until } from "../support/until.ts";
import { TempFolder } from "../support/files.ts";
import { Linked } from "../sfu/_linked.ts";

const TASK = join(import.meta.dirname ?? ".", "../../tasks/sidecar.ts");
const SFU_SECRET = "a secret of some length";

const command = (env: Record<string, string>) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", TASK],
    env: { SFU_RTC_IP: "127.0.0.1", SFU_WORKERS: "1", SFU_SECRET, ...env },
    stdout: "piped",
    stderr: "null",
  });

describe("deno task sidecar", () => {
  it("runs one on a Node and a worker that it finds, until it is told to end", async () => {
    await using folder = await TempFolder.make();
    const url = `unix://${join(folder.path, "sfu.sock")}`;
    await using child = command({ SFU_LISTEN: url }).spawn();
    let said = "";
    const reading = eachLine(child.stdout, 1_000, (line) => said = line);
    await until("it listens", () => said !== "");
    assert.deepEqual(JSON.parse(said), { listening: [url] });
    {
      using linked = new Linked({ url, secret: SFU_SECRET });
      const { workers } = await linked.call("getStatus", {});
      assert.equal(workers.length, 1);
    }
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    await reading;
  });

  it("ends as the sidecar does", async () => {
    const { code } = await command({ SFU_WORKERS: "lots" }).output();
    assert.equal(code, 2);
  });
});
