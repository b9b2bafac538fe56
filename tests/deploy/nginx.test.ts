import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { ClientOptions } from "ws";
import { signToken } from "../../auth/sign.ts";
import { TestClient } from "../http/client.ts";
import { cert } from "../sfu/sidecar/_tls.ts";
import { Nginx } from "../support/nginx.ts";
import { Service } from "../support/service.ts";
import { within } from "../support/within.ts";
import { requireTool } from "../support/tools.ts";

const nginx = requireTool("nginx");
const SECRET = "0123456789abcdef0123456789abcdef";

describe("nginx, as deploy/ sets it up", { ignore: nginx.ignore }, () => {
  const open = new AsyncDisposableStack();
  let service: Service;
  let proxy: Nginx;
  let client: Deno.HttpClient;
  beforeAll(async () => {
    service = open.use(
      await Service.start({
        TOKEN_KEYS: `test:${SECRET}`,
        TRUSTED_PROXIES: "127.0.0.1/32",
        // Those of this machine are limited, too.
        UNLIMITED_ADDRESSES: "192.0.2.0/24",
        MAX_CONNECTIONS_PER_ADDRESS: "1",
      }),
    );
    proxy = open.use(await Nginx.start(nginx.bin, hostOf(service)));
    client = open.use(Deno.createHttpClient({ caCerts: [cert] }));
  });
  afterAll(() => open.disposeAsync());

  const get = (path: string) =>
    fetch(`https://${proxy.host}${path}`, { client });
  const connect = (options: ClientOptions = {}) =>
    TestClient.open(
      `wss://${proxy.host}/rooms/standup/ws`,
      "holdfast.v1",
      { ca: cert, ...options },
    );

  it("gives out the page over TLS, and the service knows that it is", async () => {
    const response = await get("/");
    assert.match(await response.text(), /<!doctype html>/i);
    const { headers } = response;
    assert.match(
      headers.get("strict-transport-security") ?? "",
      /^max-age=\d+$/,
    );
    assert.match(headers.get("content-security-policy") ?? "", /default-src/);
  });

  it("sends who comes without TLS to where there is", async () => {
    const response = await fetch(`http://${proxy.plainHost}/?room=a`, {
      redirect: "manual",
    });
    await response.body?.cancel();
    assert.equal(response.status, 308);
    assert.match(response.headers.get("location") ?? "", /^https:.*\?room=a$/);
  });

  it("keeps what is for machines to itself", async () => {
    const response = await get("/metrics");
    await response.body?.cancel();
    assert.equal(response.status, 404);
  });

  it("carries a WebSocket: a join, pings, and the code with which it ends", async () => {
    await using ann = await connect();
    ann.send(request("join", { token: await token("ann") }));
    const { result } = JSON.parse(await ann.next());
    assert.equal(result.identity, "ann");
    for (const id of [1, 2]) {
      const ping = JSON.parse(await ann.next());
      assert.deepEqual([ping.method, ping.id], ["ping", id]);
      ann.send(JSON.stringify({
        jsonrpc: "2.0",
        id: ping.id,
        result: { ack: 0 },
      }));
    }
    ann.send(request("leave", {}, 2));
    assert.deepEqual(await ann.closed(), { code: 1000, reason: "left" });
  });

  it("hands events of the admin API on at once", async () => {
    const authorization = `Bearer ${await operatorToken()}`;
    const abort = new AbortController();
    const { body } = await fetch(`https://${proxy.host}/admin/v1/events`, {
      client,
      headers: { authorization },
      signal: abort.signal,
    });
    assert.ok(body);
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    assert.match((await reader.read()).value ?? "", /^retry:/);
    await using eve = await connect();
    eve.send(request("join", { token: await token("eve") }));
    await within("the events", heard(reader, "participantJoined"));
    abort.abort();
    await reader.cancel().catch(() => {});
  });

  it("tells the address of each client, and not what the client says it is", async () => {
    const from = (localAddress: string, claimed: string) =>
      connect({ localAddress, headers: { "X-Forwarded-For": claimed } });
    await using _first = await from("127.0.0.1", "203.0.113.1");
    await using second = await from("127.0.0.2", "203.0.113.1");
    await using third = await from("127.0.0.1", "203.0.113.2");
    assert.equal((await third.closed()).reason, "tryAgainLater");
    second.send(request("join", { token: await token("bob") }));
    assert.equal(JSON.parse(await second.next()).result.identity, "bob");
  });

  it("carries the end of a connection that nobody answers on", async () => {
    await using bob = await connect();
    bob.send(request("join", { token: await token("bob") }));
    assert.deepEqual(await bob.closed(), { code: 4002, reason: "timeout" });
  });
});

const hostOf = ({ origin }: Service) => `127.0.0.1:${new URL(origin).port}`;

const request = (method: string, params: object, id = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

async function heard(
  reader: ReadableStreamDefaultReader<string>,
  type: string,
): Promise<void> {
  for (let text = ""; !text.includes(`event: ${type}`);) {
    const { value, done } = await reader.read();
    assert.ok(!done, `no ${type} in ${text}`);
    text += value;
  }
}

const operatorToken = () => token("operator", "*", { admin: true });

const token = (sub: string, room = "standup", grants = {}) =>
  signToken(
    { sub, room, grants },
    600,
    { key: { kid: "test", secret: new TextEncoder().encode(SECRET) } },
  );
