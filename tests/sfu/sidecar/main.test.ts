import assert from "node:assert/strict";
import { join } from "node:path";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { resolveNode } from "../../../sfu/node.ts";
import { TempFolder } from "../../support/files.ts";
import { until } from "../../support/until.ts";
import { Linked } from "../_linked.ts";
import { ended } from "../_processes.ts";
import { cert, key } from "./_tls.ts";
import { workerBin } from "./_worker.ts";

const MAIN = join(
  import.meta.dirname ?? ".",
  "../../../sfu/sidecar/main.ts",
);
const SFU_SECRET = "a secret of some length";

describe("the sidecar's program", () => {
  let nodeBin: string;
  let bin: string;

  beforeAll(async () => {
    nodeBin = (await resolveNode()).bin;
    bin = await workerBin();
  });

  async function run(env: Record<string, string>) {
    const { code, stdout, stderr } = await command(env).output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr).trim().split("\n"),
    };
  }

  function command(env: Record<string, string>): Deno.Command {
    return new Deno.Command(nodeBin, {
      args: [MAIN],
      clearEnv: true,
      env: { MEDIASOUP_WORKER_BIN: bin, SFU_RTC_IP: "127.0.0.1", ...env },
      stdout: "piped",
      stderr: "piped",
    });
  }

  it("ends with 2 and all that is wrong with its settings", async () => {
    const { code, stdout, stderr } = await run({
      SFU_WORKERS: "lots",
      SFU_SECRETS: "not one",
    });
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.deepEqual(stderr, [
      'SFU_WORKERS is "lots": it must be a whole number from 1 to 256',
      "SFU_SECRET is not set: it must be a secret of 16 to 512 characters",
      "SFU_SECRETS is no setting and changes nothing: is SFU_SECRET meant?",
    ]);
  });

  it("ends with 1 when it cannot start", async () => {
    const { code, stderr } = await run({
      SFU_SECRET,
      SFU_LISTEN: "unix:///nowhere/at/all.sock",
    });
    assert.equal(code, 1);
    assert.match(stderr.at(-1) ?? "", /"level":"error".*"not started"/);
  });

  it("says what to do where there is no worker", async () => {
    const { code, stderr } = await run({
      SFU_SECRET,
      MEDIASOUP_WORKER_BIN: "/nowhere/at/all",
    });
    assert.equal(code, 1);
    assert.match(
      stderr.at(-1) ?? "",
      /no mediasoup worker at \/nowhere\/at\/all: .*deno task sidecar/,
    );
  });

  it("speaks TLS with the key and the certificate of the settings", async () => {
    await using folder = await TempFolder.make();
    const [SFU_TLS_KEY, SFU_TLS_CERT] = ["key.pem", "cert.pem"].map((name) =>
      join(folder.path, name)
    );
    assert(SFU_TLS_KEY && SFU_TLS_CERT);
    await Deno.writeTextFile(SFU_TLS_KEY, key);
    await Deno.writeTextFile(SFU_TLS_CERT, cert);
    await using child = command({
      SFU_SECRET,
      SFU_LISTEN: "tls://127.0.0.1:0",
      SFU_WORKERS: "1",
      SFU_TLS_KEY,
      SFU_TLS_CERT,
    }).spawn();
    const [stdout, log] = [collect(child.stdout), collect(child.stderr)];
    await until("it listens", () => stdout.text.includes("\n"));
    const { listening: [url] } = JSON.parse(stdout.text);
    assert.match(url, /^tls:/);
    {
      using linked = new Linked({ url, secret: SFU_SECRET, ca: cert });
      const { workers } = await linked.call("getStatus", {});
      assert.equal(workers.length, 1);
    }
    child.kill("SIGTERM");
    await Promise.all([child.status, stdout.ended, log.ended]);
  });

  it("ends by itself when it was told to and nobody comes", async () => {
    const { code, stdout, stderr } = await run({
      SFU_SECRET,
      SFU_LISTEN: "tcp://127.0.0.1:0",
      SFU_LEASE_MS: "100",
      SFU_EXIT_WHEN_ORPHANED: "1",
      SFU_WORKERS: "1",
    });
    assert.equal(code, 0);
    const { listening } = JSON.parse(stdout);
    assert.match(listening[0], /^tcp:\/\/127\.0\.0\.1:\d+$/);
    assert.match(stderr.at(-1) ?? "", /"stopping".*"orphaned"/);
  });

  for (const signal of ["SIGTERM", "SIGINT", "SIGKILL"] as const) {
    it(`leaves no worker behind at ${signal}`, async () => {
      await using child = command({
        SFU_SECRET,
        SFU_LISTEN: "tcp://127.0.0.1:0",
        SFU_WORKERS: "2",
      }).spawn();
      const [stdout, log] = [collect(child.stdout), collect(child.stderr)];
      await until("it listens", () => stdout.text.includes("listening"));
      const workers = [...log.text.matchAll(/"pid":(\d+)/g)]
        .map(([, pid]) => Number(pid));
      assert.equal(workers.length, 2);

      child.kill(signal);
      const status = await child.status;
      assert.equal(
        status.signal ?? status.code,
        signal === "SIGKILL" ? signal : 0,
      );
      for (const pid of workers) await ended(pid);
      await Promise.all([stdout.ended, log.ended]);
      assert.doesNotMatch(log.text, /workerDied/);
      assert(!log.text.includes(SFU_SECRET), "the log has the secret");
    });
  }
});

/** What a stream has said so far. */
function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const collected = { text: "", ended: read() };
  async function read(): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      collected.text += text;
    }
  }
  return collected;
}
