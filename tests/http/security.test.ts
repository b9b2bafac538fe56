import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { gzipSync } from "node:zlib";
import { eventually } from "../support/eventually.ts";
import { RawPeer } from "./raw_peer.ts";
import { TestApp } from "./test_app.ts";

const good = JSON.stringify({ sessionId: "s1", secret: "s".repeat(43) });
const GOOD_ORIGIN = "https://good.example";

describe("every answer", () => {
  let service: TestApp;
  beforeEach(async () => {
    service = await TestApp.start({ unreadyReason: () => "away" });
    await service.write("index.html", "<!doctype html>");
  });
  afterEach(() => service[Symbol.asyncDispose]());

  const requests: [string, string, RequestInit?][] = [
    ["the page", "/"],
    ["a health check", "/healthz"],
    ["an unready one", "/readyz"],
    ["a missing file", "/assets/none.js"],
    ["a missing address", "/none"],
    ["a wrong method", "/healthz", { method: "DELETE" }],
    ["a refused upgrade", "/rooms/r/ws"],
    ["a bad room", "/rooms/a%20b/ws"],
    ["a bad beacon", "/rooms/r/leave", { method: "POST", body: "{" }],
    ["a good beacon", "/rooms/r/leave", { method: "POST", body: good }],
  ];
  for (const [name, path, init] of requests) {
    it(`says how browsers are to take it: ${name}`, async () => {
      const { response: { headers } } = await service.get(path, init);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.equal(headers.get("x-frame-options"), "DENY");
      const csp = headers.get("content-security-policy") ?? "";
      assert.match(csp, /^default-src 'none'; .*frame-ancestors 'none'$/);
      assert.doesNotMatch(csp, /unsafe|\*|http/);
      assert.equal(headers.get("x-powered-by"), null);
      assert.equal(headers.get("strict-transport-security"), null);
    });
  }

  it("allows scripts to pages only", async () => {
    const page = (await service.get("/")).response.headers;
    assert.match(
      page.get("content-security-policy") ?? "",
      /script-src 'self'/,
    );
    const other = (await service.get("/healthz")).response.headers;
    const csp = "default-src 'none'; frame-ancestors 'none'";
    assert.equal(other.get("content-security-policy"), csp);
  });

  it("binds browsers to TLS where it came over TLS", async () => {
    const clientOf = () => ({ site: undefined, isSecure: true });
    await using behind = await TestApp.start({ clientOf });
    const { response } = await behind.get("/healthz");
    const hsts = response.headers.get("strict-transport-security");
    assert.equal(hsts, "max-age=31536000");
  });
});

describe("pages of other origins", () => {
  const preflight = (service: TestApp, path: string, origin: string) =>
    service.get(path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
  const allowed = (response: Response) =>
    response.headers.get("access-control-allow-origin");

  it("GR4: may say that they go, any or those on the list", async () => {
    await using open = await TestApp.start();
    const path = "/rooms/r/leave";
    const { response } = await preflight(open, path, "https://any.example");
    assert.equal(response.status, 204);
    assert.equal(allowed(response), "*");
    assert.equal(response.headers.get("access-control-allow-methods"), "POST");
    assert.equal(
      response.headers.get("access-control-allow-credentials"),
      null,
    );

    await using listed = await TestApp.start({ allowedOrigins: [GOOD_ORIGIN] });
    const good = await preflight(listed, path, GOOD_ORIGIN);
    assert.equal(allowed(good.response), GOOD_ORIGIN);
    assert.match(good.response.headers.get("vary") ?? "", /origin/i);
    const evil = await preflight(listed, path, "https://evil.example");
    assert.equal(allowed(evil.response), null);
  });

  it("may read nothing else", async () => {
    const issueToken = () => Promise.resolve("token");
    await using service = await TestApp.start({ issueToken });
    for (const path of ["/", "/healthz", "/readyz", "/rooms/r/token"]) {
      const { response } = await preflight(service, path, GOOD_ORIGIN);
      assert.equal(allowed(response), null, path);
      const headers = { origin: GOOD_ORIGIN };
      const got = await service.get(path, { headers });
      assert.equal(allowed(got.response), null, path);
    }
  });

  it("get no token where they are not on the list", async () => {
    const issueToken = () => Promise.resolve("token");
    const allowedOrigins = [GOOD_ORIGIN];
    await using service = await TestApp.start({ issueToken, allowedOrigins });
    for (const origin of ["https://evil.example", "null"]) {
      const { response, body } = await service.get("/rooms/r/token", {
        method: "POST",
        headers: { origin },
      });
      assert.equal(response.status, 403);
      assert.doesNotMatch(body, /"token"/);
    }
  });
});

describe("a body", () => {
  it("that ends early is nothing to raise an alarm about", async () => {
    await using service = await TestApp.start();
    {
      using peer = await RawPeer.connect(service.port);
      await peer.write(
        "POST /rooms/r/leave HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
      );
    }
    await eventually(() =>
      assert.deepEqual(service.lines.map(({ level }) => level), ["debug"])
    );
  });

  it("that is compressed is refused unread: 415", async () => {
    await using service = await TestApp.start();
    const bomb = gzipSync(new Uint8Array(10_000_000));
    assert.ok(bomb.length < 16_384);
    for (
      const encoding of ["gzip", "br", "deflate", "GZIP", "identity, gzip"]
    ) {
      const { response, body } = await service.get("/rooms/r/leave", {
        method: "POST",
        headers: { "content-encoding": encoding },
        body: bomb,
      });
      assert.equal(response.status, 415, encoding);
      assert.equal(response.headers.get("accept-encoding"), "identity");
      assert.match(body, /not compressed/);
    }
    assert.deepEqual(service.left, []);
  });
});
