/** What the program writes down of a session in which much goes wrong. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "@std/testing/bdd";
import { signToken } from "../../auth/sign.ts";
import type { JoinResult, Method, ResumeResult } from "../../protocol/mod.ts";
import { resolveNode } from "../../sfu/node.ts";
import { spawnSidecar } from "../../sfu/spawn/spawn.ts";
import { resolveWorker } from "../../sfu/worker/install.ts";
import { type Answer, ask, resultOf } from "../http/ask.ts";
import { TestClient } from "../http/client.ts";
import { Program } from "../main/program.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { eventually } from "../support/eventually.ts";

const KEY = { kid: "k1", secret: "a-signing-key-that-nobody-may-read" };
const TURN_SECRET = "a-turn-secret-that-nobody-may-read";
const ADDRESS = "203.0.113.77";
const personal = {
  identity: "identity-of-ann@example.com",
  name: "Ann Example-Name",
  metadata: "metadata-of-ann",
  message: "message-of-ann",
};

const sign = (ttlS: number) =>
  signToken(
    { sub: personal.identity, room: "*", name: personal.name },
    ttlS,
    { key: { kid: KEY.kid, secret: new TextEncoder().encode(KEY.secret) } },
  );

const hashOf = (secret: string, encoding: "base64url" | "hex") =>
  createHash("sha256").update(secret).digest(encoding);

/** Its own log, and that of the sidecar. */
async function start() {
  const node = await resolveNode();
  const worker = await resolveWorker(node);
  const { log, lines } = keepingLog();
  const sidecar = await spawnSidecar({
    nodeBin: node.bin,
    workerBin: worker.bin,
    env: {
      ...Deno.env.toObject(),
      SFU_WORKERS: "1",
      SFU_LOG_LEVEL: "debug",
    },
    log,
  });
  const program = new Program({
    SFU_URL: sidecar.url,
    SFU_SECRET: sidecar.secret,
    TOKEN_KEYS: `${KEY.kid}:${KEY.secret}`,
    TURN_URLS: "turn:turn.example.com",
    TURN_SECRET,
    TRUSTED_PROXIES: "127.0.0.1",
    LOG_LEVEL: "debug",
  });
  return { sidecar, lines, program };
}

/** Everything that a client can do right and wrong; returns what is secret in it. */
async function liveThrough(origin: string): Promise<string[]> {
  const secrets: string[] = [];
  const say = async <M extends Method>(method: M, params: unknown) => {
    const client = await TestClient.open(
      `${origin}/rooms/r/ws`.replace("http", "ws"),
      "holdfast.v1",
      { headers: { "x-forwarded-for": ADDRESS } },
    );
    return { client, answer: await ask(client, method, params) };
  };
  const keep = <R extends JoinResult | ResumeResult>(answer: Answer<R>): R => {
    const result = resultOf(answer);
    secrets.push(result.secret, result.iceServers[0]?.credential ?? "");
    return result;
  };
  const good = await sign(600);
  const expired = await sign(-600);
  const forged = `${good.slice(0, -8)}AAAAAAAA`;
  secrets.push(good, expired, forged);
  for (const token of [expired, forged, "garbage-token-of-somebody"]) {
    const { client, answer } = await say("join", { token });
    assert.ok(answer.error);
    await client[Symbol.asyncDispose]();
  }
  secrets.push("garbage-token-of-somebody");

  const { name, metadata } = personal;
  const { client, answer } = await say("join", { token: good, name, metadata });
  const { sessionId, secret, epoch, seq } = keep(answer);
  await doWrong(client);
  client.socket.terminate();

  const wrong = "w".repeat(43);
  secrets.push(wrong);
  const resume = { sessionId, secret: wrong, epoch, ack: seq };
  const thief = await say("resume", resume);
  assert.ok(thief.answer.error);
  const back = await say("resume", { ...resume, secret, token: good });
  const { secret: next } = keep(back.answer);
  for (const shown of [wrong, next]) {
    const body = JSON.stringify({ sessionId, secret: shown });
    const left = { method: "POST", body };
    const response = await fetch(`${origin}/rooms/r/leave`, left);
    assert.equal(response.status, 204);
  }
  const headers = { authorization: `Bearer ${good}` };
  const asked = await fetch(`${origin}/admin/v1/rooms`, { headers });
  await asked.body?.cancel();
  for (const one of [client, thief.client, back.client]) {
    await one[Symbol.asyncDispose]();
  }
  return secrets;
}

async function doWrong(client: TestClient): Promise<void> {
  const created = await ask(client, "createWebRtcTransport", {
    direction: "send",
  }, 2);
  const { transportId } = resultOf(created);
  const produce = {
    transportId,
    key: "camera",
    kind: "video",
    source: "camera",
    rtpParameters: {
      codecs: [{ mimeType: "video/none", payloadType: 100, clockRate: 1 }],
    },
  };
  const fingerprints = [{ algorithm: "sha-256", value: "not one" }];
  const requests: [string, unknown][] = [
    ["produce", produce],
    ["connectWebRtcTransport", {
      transportId,
      dtlsParameters: { fingerprints },
    }],
    ["sendMessage", { topic: "t", body: personal.message }],
    ["updateMetadata", { metadata: { deep: personal.metadata } }],
    ["noSuchMethod", { [personal.message]: personal.message }],
  ];
  for (const [index, [method, params]] of requests.entries()) {
    await ask(client, method, params, index + 3);
  }
  client.send(`{"jsonrpc": "${personal.message}`);
}

/** The lines of a text in which any of the words stands. */
const linesWith = (text: string, words: readonly string[]) =>
  text.split("\n").filter((line) => words.some((word) => line.includes(word)));

describe("the logs of a session in which much goes wrong", () => {
  it("hold no secret at any level, and nothing personal from info on", async () => {
    const { sidecar, lines, program } = await start();
    await using _program = program;
    const origin = await program.origin();
    const shown = await liveThrough(origin);
    await sidecar.stop();
    await eventually(async () => {
      const ready = await fetch(`${origin}/readyz`);
      assert.equal(ready.status, 503, await ready.text());
    });
    program.kill("SIGTERM");
    assert.equal(await program.code(), 0);

    const all = [program.stdout, program.stderr, JSON.stringify(lines)]
      .join("\n");
    assert.match(all, /participantJoined/);
    assert.match(all, /join refused/);
    assert.match(all, /participantLeft/);
    const secrets = [
      KEY.secret,
      TURN_SECRET,
      sidecar.secret,
      ...shown,
      ...shown.map((token) => token.split(".").at(-1) ?? ""),
      ...shown.flatMap((secret) => [
        hashOf(secret, "base64url"),
        hashOf(secret, "hex"),
      ]),
    ];
    assert.ok(secrets.every((secret) => secret.length >= 8));
    assert.deepEqual(linesWith(all, secrets), []);

    const aboveDebug = all.split("\n")
      .filter((line) => !line.includes('"level":"debug"')).join("\n");
    const words = [...Object.values(personal), ADDRESS];
    assert.deepEqual(linesWith(aboveDebug, words), []);
    assert.doesNotMatch(all, /^\s+at .*\.ts:\d+/m);
  });
});
