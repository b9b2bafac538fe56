import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createLog } from "../../log.ts";
import { resolveNode } from "../../sfu/node.ts";
import { spawnSidecar } from "../../sfu/spawn/spawn.ts";
import { resolveWorker } from "../../sfu/worker/install.ts";
import { ask, resultOf } from "../http/ask.ts";
import { TestClient } from "../http/client.ts";
import { eventually } from "../support/eventually.ts";
import { Service } from "../support/service.ts";
import { Program } from "./program.ts";

/** Nobody listens there, so that no sidecar is needed to see what comes first. */
const away = {
  SFU_URL: "tcp://127.0.0.1:1",
  SFU_SECRET: "0123456789abcdef",
};
const STOP_MS = 5_000;

async function readiness(port: number) {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return { status: response.status, body: await response.text() };
}

async function join(port: number, client: TestClient) {
  const response = await fetch(`http://127.0.0.1:${port}/rooms/r/token`, {
    method: "POST",
  });
  const { token } = await response.json();
  return await ask(client, "join", { token });
}

describe("the program, with wrong settings", () => {
  it("tells each one and exits with 2", async () => {
    await using program = new Program({
      PORT: "http",
      ROOM_MAX_PARTICIPANTS: "0",
      TOKEN_KEYS: "k1:too short",
    });
    assert.equal(await program.code(), 2);
    assert.match(program.stderr, /^PORT is "http": it must be a whole number/m);
    assert.match(program.stderr, /^ROOM_MAX_PARTICIPANTS is "0"/m);
    assert.match(program.stderr, /^TOKEN_KEYS is 12 characters long/m);
    assert.doesNotMatch(program.stderr, /too short|^\s+at /m);
  });

  it("refuses to let anybody in from other machines, and exits with 2", async () => {
    await using program = new Program({ ...away, HOST: "0.0.0.0" });
    assert.equal(await program.code(), 2);
    assert.match(
      program.stderr,
      /^TOKEN_KEYS is not set: it must be set, or TOKEN_JWKS_URL, since other machines can reach HOST/,
    );
    assert.doesNotMatch(program.stderr, /DEVELOPMENT|^\s+at /m);
    assert.equal(program.stdout, "");
  });

  it("says that no Redis is there, and exits with 1", async () => {
    const REDIS_URL = "redis://127.0.0.1:1";
    await using program = new Program({ ...away, REDIS_URL });
    assert.equal(await program.code(), 1);
    assert.match(program.stderr, /redis is away.*ECONNREFUSED/);
    assert.match(
      program.stderr,
      /^Cannot use the Redis at REDIS_URL: No answer/m,
    );
    assert.doesNotMatch(program.stderr, /^\s+at /m);
  });

  it("says that webhooks cannot be kept in a folder, and exits with 1", async () => {
    const STATE_FOLDER = await Deno.makeTempFile();
    await using program = new Program({
      ...away,
      STATE_FOLDER,
      WEBHOOK_URLS: "http://127.0.0.1:1/",
      WEBHOOK_SECRETS: `whsec_${btoa("0123456789abcdef0123456789abcdef")}`,
    });
    assert.equal(await program.code(), 1);
    await Deno.remove(STATE_FOLDER);
    assert.match(
      program.stderr,
      /^Webhooks cannot be kept in STATE_FOLDER: .*exists/m,
    );
    assert.doesNotMatch(program.stderr, /^\s+at /m);
  });

  it("says that a file is not there, and exits with 1", async () => {
    const SFU_TLS_CA = "/nowhere/ca.pem";
    await using program = new Program({ ...away, SFU_TLS_CA });
    assert.equal(await program.code(), 1);
    assert.match(program.stderr, /^SFU_TLS_CA cannot be read: .*\/nowhere/m);
    assert.doesNotMatch(program.stderr, /^\s+at /m);
  });

  it("says that it cannot listen at an address, and exits with 1", async () => {
    await using program = new Program({
      ...away,
      HOST: "203.0.113.77",
      TOKEN_KEYS: "k1:0123456789abcdef0123456789abcdef",
    });
    assert.equal(await program.code(), 1);
    assert.match(
      program.stderr,
      /^Cannot listen on 203\.0\.113\.77, port \d+: /m,
    );
    assert.doesNotMatch(program.stderr, /^\s+at /m);
  });

  it("says that a port is taken and exits with 1", async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using program = new Program({ ...away, PORT: `${taken.addr.port}` });
    assert.equal(await program.code(), 1);
    assert.match(
      program.stderr,
      new RegExp(
        `Cannot listen on 127.0.0.1, port ${taken.addr.port}: another`,
      ),
    );
    assert.doesNotMatch(program.stderr, /Error: |^\s+at /m);
  });

  it("says what is wrong with a NODE_BIN and exits with 1", async () => {
    await using program = new Program({ NODE_BIN: "/nowhere/node" });
    assert.equal(await program.code(), 1);
    assert.match(program.stderr, /NODE_BIN is "\/nowhere\/node"/);
  });
});

describe("the program that has not begun yet", () => {
  it("HO6: is gone within 5 s when it is told to stop", async () => {
    const REDIS_URL = "redis://127.0.0.1:1";
    await using program = new Program({ ...away, REDIS_URL });
    await eventually(() => assert.match(program.stderr, /redis is away/), {
      within: STOP_MS,
    });
    const toldAt = performance.now();
    program.kill("SIGTERM");
    await program.code();
    assert.ok(performance.now() - toldAt < STOP_MS);
  });
});

describe("the program without its sidecar", () => {
  it("lives, is not ready, refuses to let anybody join, and stops when told to", async () => {
    await using program = new Program({ ...away, MAX_ROOM: "3" });
    const port = await program.port();
    assert.match(program.stderr, /MAX_ROOM is no .* is MAX_ROOMS meant/);
    const { status, body } = await readiness(port);
    assert.equal(status, 503);
    assert.match(body, /the sidecar is (down|connecting)/);
    await using client = await TestClient.open(
      `ws://127.0.0.1:${port}/rooms/r/ws`,
    );
    const { error } = await join(port, client);
    assert.equal(error?.data.status, "UNAVAILABLE");
    assert.equal((await client.closed()).code, 1013);
    program.kill("SIGTERM");
    assert.equal(await program.code(STOP_MS), 0);
  });
});

describe("the program with a sidecar that runs already", () => {
  it("is ready as long as that one is there", async () => {
    const node = await resolveNode();
    const worker = await resolveWorker(node);
    const sidecar = await spawnSidecar({
      nodeBin: node.bin,
      workerBin: worker.bin,
      env: { ...Deno.env.toObject(), SFU_WORKERS: "1" },
      log: createLog({ level: "silent", format: "json" }),
    });
    const { url, secret } = sidecar;
    await using program = new Program({ SFU_URL: url, SFU_SECRET: secret });
    const port = await program.port();
    await eventually(async () =>
      assert.equal((await readiness(port)).status, 200)
    );
    await sidecar.stop();
    await eventually(async () =>
      assert.equal((await readiness(port)).status, 503)
    );
    program.kill("SIGINT");
    assert.equal(await program.code(STOP_MS), 0);
    assert.match(
      program.stdout,
      /^Holdfast is ready: http:\/\/localhost:\d+\nDEVELOPMENT MODE: .*\n$/,
    );
    assert.ok(!program.stderr.includes(secret));
  });
});

describe("the program with a sidecar of its own", () => {
  it("HO6: lets people join, and on SIGTERM tells them when to resume, keeps the room and exits with 0", async () => {
    const service = await Service.start({ SFU_WORKERS: "1" });
    const port = Number(new URL(service.origin).port);
    await using client = await TestClient.open(
      `ws://127.0.0.1:${port}/rooms/r/ws`,
    );
    const { routerRtpCapabilities } = resultOf(await join(port, client));
    assert.ok(routerRtpCapabilities.codecs?.length);
    const start = performance.now();
    await service[Symbol.asyncDispose]();
    assert.ok(performance.now() - start < STOP_MS);
    assert.match(await client.next(), /"goingAway".*"resumeInMs":\d+/);
    assert.equal((await client.closed()).code, 1001);
    assert.match(service.output, /stopped.*kept=1/);
    assert.doesNotMatch(service.output, /stopping.*from=sidecar/);
  });
});
