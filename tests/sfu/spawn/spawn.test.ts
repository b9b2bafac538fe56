import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import process from "node:process";
import { beforeAll, describe, it } from "@std/testing/bdd";
import type { Env } from "../../../settings/env.ts";
import { resolveNode } from "../../../sfu/node.ts";
import { createLog, type Log } from "../../../sfu/sidecar/log.ts";
import { spawnSidecar } from "../../../sfu/spawn/spawn.ts";
import { until } from "../../support/until.ts";
import { Linked } from "../_linked.ts";
import { ended, isRunning } from "../_processes.ts";
import { workerBin } from "../sidecar/_worker.ts";

type Logged = Record<string, unknown>;

function keepLog(): { log: Log; lines: Logged[] } {
  const lines: Logged[] = [];
  return {
    lines,
    log: createLog("debug", (line) => lines.push(JSON.parse(line))),
  };
}

async function workerPids(linked: Linked): Promise<number[]> {
  const { workers } = await linked.call("getStatus", {});
  return workers.map(({ pid }) => pid);
}

describe("a sidecar of one's own", () => {
  let nodeBin: string;
  let bin: string;

  beforeAll(async () => {
    nodeBin = (await resolveNode()).bin;
    bin = await workerBin();
  });

  async function start(env: Env = {}) {
    const { log, lines } = keepLog();
    const sidecar = await spawnSidecar({
      nodeBin,
      workerBin: bin,
      env: { SFU_WORKERS: "1", SFU_RTC_IP: "127.0.0.1", ...env },
      log,
    });
    return Object.assign(sidecar, {
      lines,
      [Symbol.asyncDispose]: () => sidecar.stop(),
    });
  }

  it("listens where only this user can connect, and answers", async () => {
    await using sidecar = await start();
    const path = new URL(sidecar.url).pathname;
    const folder = await Deno.stat(dirname(path));
    assert.equal((folder.mode ?? 0) & 0o777, 0o700);
    using linked = new Linked(sidecar);
    const status = await linked.call("getStatus", {});
    assert.equal(status.workers.length, 1);
    assert.equal(status.routers, 0);
  });

  it("passes its log on", async () => {
    await using sidecar = await start();
    const messages = sidecar.lines.map(({ message }) => message);
    assert.deepEqual(messages, ["starting", "worker started", "listening"]);
    const text = JSON.stringify(sidecar.lines);
    assert(!text.includes(sidecar.secret), "the log has the secret");
  });

  it("gets the settings for media and no other variable, its workers no secret", async () => {
    await using sidecar = await start({ TOKEN_KEYS: "do not tell" });
    using linked = new Linked(sidecar);
    const [worker = 0] = await workerPids(linked);
    const pid = sidecar.pid ?? 0;
    const own = await Deno.readTextFile(`/proc/${pid}/environ`);
    assert(own.includes("SFU_RTC_IP=127.0.0.1"), own);
    assert(!own.includes("TOKEN_KEYS"), own);
    const inherited = await Deno.readTextFile(`/proc/${worker}/environ`);
    assert(!inherited.includes(sidecar.secret), inherited);
  });

  it("is started again after a crash, under the same address", async () => {
    await using sidecar = await start();
    using linked = new Linked(sidecar);
    await linked.up(1);
    const pid = sidecar.pid ?? 0;
    const [worker = 0] = await workerPids(linked);

    process.kill(pid, "SIGKILL");
    await linked.up(2);
    assert.deepEqual(linked.ups, [true, true]);
    assert.notEqual(sidecar.pid, pid);
    await workerPids(linked);
    await ended(worker);
  });

  it("is gone after stop, with its workers and its folder", async () => {
    const sidecar = await start();
    using linked = new Linked(sidecar);
    const pids = [sidecar.pid ?? 0, ...await workerPids(linked)];
    await sidecar.stop();
    await sidecar.closed;
    for (const pid of pids) await ended(pid);
    const folder = dirname(new URL(sidecar.url).pathname);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  });

  it("can be stopped while it waits to be started again", async () => {
    const sidecar = await start();
    process.kill(sidecar.pid ?? 0, "SIGKILL");
    await until("the crash is noticed", () => sidecar.pid === undefined);
    await sidecar.stop();
    assert.equal(sidecar.pid, undefined);
  });

  it("that cannot start is an error that says why", async () => {
    const { log } = keepLog();
    const broken = spawnSidecar({
      nodeBin,
      workerBin: "/nowhere/mediasoup-worker",
      env: { SFU_WORKERS: "1" },
      log,
    });
    await assert.rejects(
      broken,
      /exit code 1[^]+not started[^]+no mediasoup worker at/,
    );
    const wrong = spawnSidecar({
      nodeBin,
      workerBin: bin,
      env: { SFU_WORKERS: "none" },
      log,
    });
    await assert.rejects(wrong, /exit code 2\nSFU_WORKERS is "none"/);
  });
});

describe("the end of a service", () => {
  /** A program that starts a sidecar, says its process id and its folder, and then ends so. */
  async function service(end: string, env: Env = {}) {
    const root = join(import.meta.dirname ?? ".", "..", "..", "..");
    const code = `
      import { spawnSidecar } from "./sfu/spawn/spawn.ts";
      import { createLog } from "./sfu/sidecar/log.ts";
      const sidecar = await spawnSidecar({
        nodeBin: ${JSON.stringify((await resolveNode()).bin)},
        workerBin: ${JSON.stringify(await workerBin())},
        env: ${JSON.stringify({ SFU_WORKERS: "1", ...env })},
        log: createLog("error"),
      });
      console.log(JSON.stringify({ pid: sidecar.pid, url: sidecar.url }));
      ${end}
    `;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", code],
      cwd: root,
    }).output();
    const said = new TextDecoder().decode(stdout).trim();
    assert(said, new TextDecoder().decode(stderr));
    const { pid, url } = JSON.parse(said);
    return { pid: Number(pid), folder: dirname(new URL(url).pathname) };
  }

  it("takes the sidecar along when it just exits", async () => {
    const { pid, folder } = await service("Deno.exit(0);");
    await ended(pid);
    await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  });

  it("leaves the sidecar for the lease when it is killed, so that another can take over", async () => {
    const { pid, folder } = await service(
      'Deno.kill(Deno.pid, "SIGKILL"); await new Promise(() => {});',
      { SFU_LEASE_MS: "1500" },
    );
    assert(isRunning(pid), "the sidecar ended along with the service");
    await ended(pid);
    await Deno.remove(folder, { recursive: true });
  });
});
