import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import type { AppOptions } from "../../http/app.ts";
import { TestApp } from "./test_app.ts";
import { TestClient } from "./client.ts";

const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-protocol": "holdfast.v1",
};

function assertProblem(
  { response, body }: { response: Response; body: string },
  status: number,
  detail: RegExp,
): void {
  assert.equal(response.status, status);
  assert.equal(
    response.headers.get("content-type"),
    "application/problem+json",
  );
  const problem = JSON.parse(body);
  assert.equal(problem.status, status);
  assert.equal(typeof problem.title, "string");
  assert.match(problem.detail, detail);
}

describe("the door to a room", () => {
  let service: TestApp;
  beforeEach(async () => {
    service = await TestApp.start({ allowedOrigins: ["https://good.example"] });
  });
  afterEach(() => service[Symbol.asyncDispose]());

  const url = () => `ws://127.0.0.1:${service.port}/rooms/a.b_c~1-Z/ws`;

  it("opens for a WebSocket with the subprotocol, and knows the room", async () => {
    await using client = await TestClient.open(url());
    assert.equal(client.socket.protocol, "holdfast.v1");
    assert.deepEqual(service.joined, ["a.b_c~1-Z"]);
  });

  it("opens for pages of an allowed origin", async () => {
    await using _client = await TestClient.open(url(), "holdfast.v1", {
      origin: "https://good.example",
    });
    assert.equal(service.joined.length, 1);
  });

  it("is closed to pages of another origin: 403", async () => {
    const { status, answer } = await service.raw("GET /rooms/r/ws", {
      ...upgrade,
      origin: "https://evil.example",
    });
    assert.equal(status, 403);
    assert.match(
      answer,
      /"detail":"Pages from https:\/\/evil\.example may not/,
    );
  });

  it("wants a good room name: 400", async () => {
    for (const name of ["a%20b", "x".repeat(65), "%F0%9F%98%80", "a%2Fb"]) {
      const { status, answer } = await service.raw(
        `GET /rooms/${name}/ws`,
        upgrade,
      );
      assert.equal(status, 400);
      assert.match(answer, /A room name is/);
    }
  });

  it("wants the subprotocol: 400", async () => {
    for (const offer of ["holdfast.v2", "chat, other"]) {
      const { status, answer } = await service.raw("GET /rooms/r/ws", {
        ...upgrade,
        "sec-websocket-protocol": offer,
      });
      assert.equal(status, 400);
      assert.match(answer, /The subprotocol must be holdfast\.v1/);
    }
    const { "sec-websocket-protocol": _, ...none } = upgrade;
    assert.equal((await service.raw("GET /rooms/r/ws", none)).status, 400);
  });

  it("wants a WebSocket: 426, and says so", async () => {
    const answer = await service.get("/rooms/r/ws");
    assertProblem(answer, 426, /WebSocket only/);
    assert.equal(answer.response.headers.get("upgrade"), "websocket");
  });

  it("wants GET: 405, also from one that would upgrade", async () => {
    const answer = await service.get("/rooms/r/ws", { method: "POST" });
    assertProblem(answer, 405, /GET, HEAD/);
    assert.equal(answer.response.headers.get("allow"), "GET, HEAD");
    const raw = await service.raw("POST /rooms/r/ws", upgrade);
    assert.equal(raw.status, 405);
  });

  it("wants WebSocket version 13", async () => {
    const { status } = await service.raw("GET /rooms/r/ws", {
      ...upgrade,
      "sec-websocket-version": "7",
    });
    assert.equal(status, 400);
    assert.deepEqual(service.joined, []);
  });
});

describe("the beacon of a page that goes away", () => {
  const secret = "s".repeat(43);
  const good = JSON.stringify({ sessionId: "s1", secret });
  const send = (service: TestApp, body: string, headers: HeadersInit = {}) =>
    service.get("/rooms/r/leave", { method: "POST", headers, body });

  it("GR4: ends its session, sent as text or as JSON", async () => {
    await using service = await TestApp.start();
    for (const type of ["text/plain;charset=UTF-8", "application/json"]) {
      const { response, body } = await send(service, good, {
        "content-type": type,
      });
      assert.equal(response.status, 204);
      assert.equal(body, "");
    }
    assert.deepEqual(service.left, [`r s1 ${secret}`, `r s1 ${secret}`]);
  });

  it("GR4: is refused with 400 where it makes no sense, and never told in a log", async () => {
    await using service = await TestApp.start();
    const bodies = [
      "",
      "{",
      "[]",
      '{"sessionId":"s1"}',
      JSON.stringify({ sessionId: "s1", secret: "short" }),
      JSON.stringify({ sessionId: "s1", secret, more: true }),
    ];
    for (const body of bodies) {
      assertProblem(await send(service, body), 400, /./);
    }
    assertProblem(
      await service.get("/rooms/a%20b/leave", { method: "POST", body: good }),
      400,
      /room name/,
    );
    assert.deepEqual(service.left, []);
    assert.ok(!JSON.stringify(service.lines).includes(secret));
  });

  it("GR4: is taken from pages of allowed origins only, and from programs", async () => {
    await using service = await TestApp.start({
      allowedOrigins: ["https://good.example"],
    });
    const from = (origin?: string) =>
      service.raw("POST /rooms/r/leave", {
        "content-length": `${good.length}`,
        ...(origin && { origin }),
      }, good);
    assert.equal((await from("https://evil.example")).status, 403);
    assert.deepEqual(service.left, []);
    assert.equal((await from("https://good.example")).status, 204);
    assert.equal((await from()).status, 204);
    assert.equal(service.left.length, 2);
  });

  it("GR4: is small, and a POST", async () => {
    await using service = await TestApp.start();
    const huge = JSON.stringify({ sessionId: "x".repeat(20_000), secret });
    assertProblem(await send(service, huge), 413, /at most 16384 bytes/);
    assertProblem(await service.get("/rooms/r/leave"), 405, /POST/);
    assert.deepEqual(service.left, []);
  });
});

describe("tokens for anybody", () => {
  const issueToken: AppOptions["issueToken"] = (room, guest) =>
    Promise.resolve(`${room}|${guest.identity}|${guest.name ?? ""}`);
  const post = (service: TestApp, body?: string) =>
    service.get("/rooms/r/token", {
      method: "POST",
      ...(body !== undefined && { body }),
    });

  it("are given in development mode, for the identity and the name asked for", async () => {
    await using service = await TestApp.start({ issueToken });
    const { response, body } = await post(
      service,
      '{"identity":"ann","name":"Ann"}',
    );
    assert.equal(response.status, 200);
    assert.deepEqual(JSON.parse(body), {
      token: "r|ann|Ann",
      identity: "ann",
    });
    assert.equal(response.headers.get("cache-control"), "no-store");
  });

  it("have an identity that nobody else has, where none is asked for", async () => {
    await using service = await TestApp.start({ issueToken });
    const one = JSON.parse((await post(service)).body);
    const two = JSON.parse((await post(service, "{}")).body);
    assert.ok(one.identity.length > 16);
    assert.notEqual(one.identity, two.identity);
  });

  it("are not given elsewhere: 404", async () => {
    await using service = await TestApp.start();
    assertProblem(await post(service), 404, /nothing at this address/);
  });

  it("are not given to who comes through a proxy: 403", async () => {
    await using service = await TestApp.start({ issueToken });
    const ways = [
      { "x-forwarded-for": "192.0.2.1" },
      { forwarded: "for=192.0.2.1" },
      { via: "1.1 proxy" },
    ];
    for (const headers of ways) {
      const answer = await service.get("/rooms/r/token", {
        method: "POST",
        headers,
      });
      assertProblem(answer, 403, /on this machine/);
    }
  });

  it("need a body that fits: 400", async () => {
    await using service = await TestApp.start({ issueToken });
    for (
      const body of ["{", "[]", '{"identity":""}', '{"room":"*"}', '{"name":1}']
    ) {
      assertProblem(await post(service, body), 400, /./);
    }
  });

  it("need a small body: 413", async () => {
    await using service = await TestApp.start({ issueToken });
    const body = JSON.stringify({ name: "x".repeat(20_000) });
    assertProblem(await post(service, body), 413, /at most 16384 bytes/);
  });
});

describe("health", () => {
  it("is good while the process lives", async () => {
    await using service = await TestApp.start({ unreadyReason: () => "no" });
    const { response, body } = await service.get("/healthz");
    assert.equal(response.status, 200);
    assert.deepEqual(JSON.parse(body), { status: "ok" });
  });

  it("is ready as long as nothing says otherwise: 503 with the reason", async () => {
    const reasons: string[] = [];
    const unreadyReason = () => reasons[0];
    await using service = await TestApp.start({ unreadyReason });
    assert.equal((await service.get("/readyz")).response.status, 200);
    const reason = "the sidecar is away";
    reasons.push(reason);
    const { response, body } = await service.get("/readyz");
    assert.equal(response.status, 503);
    assert.deepEqual(JSON.parse(body), { status: "unready", reason });
    assert.equal(response.headers.get("cache-control"), "no-store");
  });
});

describe("the page", () => {
  let service: TestApp;
  beforeEach(async () => {
    service = await TestApp.start();
    await service.write("index.html", "<!doctype html><title>Hi</title>");
    await service.write("web/room.js", "export {};");
    await service.write("web/room.css", "main {}");
    await service.write("client/holdfast.js", "export const a = 1;");
    await service.write("client/holdfast.js.map", "{}");
    await service.write("secret.txt", "do not serve");
  });
  afterEach(() => service[Symbol.asyncDispose]());

  it("is served at / with headers that keep others out", async () => {
    const { response, body } = await service.get("/");
    assert.match(body, /<title>Hi/);
    const { headers } = response;
    assert.match(headers.get("content-type") ?? "", /^text\/html/);
    const csp = headers.get("content-security-policy") ?? "";
    assert.match(csp, /default-src 'none'/);
    assert.match(csp, /script-src 'self';/);
    assert.match(csp, /worker-src blob:/);
    assert.match(csp, /frame-ancestors 'none'/);
    assert.doesNotMatch(csp, /unsafe/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.match(headers.get("permissions-policy") ?? "", /camera=\(self\)/);
  });

  const types: [string, RegExp][] = [
    ["room.js", /^text\/javascript/],
    ["room.css", /^text\/css/],
    ["holdfast.js", /^text\/javascript/],
    ["holdfast.js.map", /^application\/json/],
  ];
  for (const [name, type] of types) {
    it(`loads /assets/${name} as what it is`, async () => {
      const { response } = await service.get(`/assets/${name}`);
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", type);
    });
  }

  it("is asked for again only if it changed: 304", async () => {
    const first = await service.get("/assets/room.js");
    assert.equal(first.response.headers.get("cache-control"), "no-cache");
    const etag = first.response.headers.get("etag") ?? "";
    const headers = { "if-none-match": etag };
    const again = await service.get("/assets/room.js", { headers });
    assert.equal(again.response.status, 304);
    await service.write("web/room.js", "export const changed = true;");
    const changed = await service.get("/assets/room.js", { headers });
    assert.equal(changed.response.status, 200);
  });

  it("gives nothing but its files: 404", async () => {
    const paths = [
      "/assets/missing.js",
      "/assets/",
      "/assets/..%2fsecret.txt",
      "/assets/.hidden",
      "/assets/%00",
      "/secret.txt",
    ];
    for (const path of paths) {
      assertProblem(await service.get(path), 404, /nothing|no such file/);
    }
    const { status } = await service.raw("GET /assets/../../secret.txt");
    assert.equal(status, 404);
  });

  it("takes GET and HEAD: 405 for the rest", async () => {
    const head = await service.get("/", { method: "HEAD" });
    assert.equal(head.response.status, 200);
    const put = await service.get("/assets/room.js", { method: "PUT" });
    assertProblem(put, 405, /GET, HEAD/);
  });
});

describe("what does not belong", () => {
  it("is answered with 404 where there is nothing", async () => {
    await using service = await TestApp.start();
    assertProblem(await service.get("/admin.php"), 404, /nothing/);
    assertProblem(await service.get("/rooms/r"), 404, /nothing/);
    const { status } = await service.raw("GET /elsewhere", upgrade);
    assert.equal(status, 404);
  });

  it("is answered with 500 and no word of the inside when we fail", async () => {
    await using service = await TestApp.start({
      unreadyReason: () => {
        throw new Error("inner secret");
      },
    });
    const answer = await service.get("/readyz");
    assertProblem(answer, 500, /^The service failed$/);
    assert.doesNotMatch(answer.body, /inner secret|at /);
    assert.match(JSON.stringify(service.lines), /inner secret/);
  });
});
