import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { ReadToken } from "../../../http/admin/operator.ts";
import { metricsRoutes } from "../../../http/routes/metrics.ts";

const readToken: ReadToken = (token) => {
  const [room = "", admin] = token.split("-");
  if (admin === undefined) {
    return Promise.resolve({ ok: false, error: "tokenInvalid" });
  }
  const grants = { admin: admin === "admin" };
  const claims = { identity: "op", room, expiresAt: 0, grants };
  return Promise.resolve({
    ok: true,
    claims: room === "all" ? { ...claims, room: "*" } : claims,
  });
};

async function ask(
  peer: string | undefined,
  headers: Record<string, string> = {},
): Promise<number> {
  const scrape = () =>
    Promise.resolve({ text: "up 1\n", contentType: "text/plain" });
  const routes = metricsRoutes({ scrape, peerOf: () => peer, readToken });
  const response = await routes.request("/metrics", { headers });
  const text = await response.text();
  assert.equal(response.status === 200, text === "up 1\n");
  return response.status;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("GET /metrics", () => {
  it("is open to programs on this machine", async () => {
    for (const peer of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
      assert.equal(await ask(peer), 200, peer);
    }
  });

  it("wants a token of who comes through a proxy on this machine", async () => {
    for (
      const headers of [
        { "x-forwarded-for": "127.0.0.1" },
        { forwarded: "for=127.0.0.1" },
        { via: "1.1 proxy" },
        { "x-real-ip": "127.0.0.1" },
        { "x-forwarded-proto": "https" },
      ]
    ) {
      assert.equal(await ask("127.0.0.1", headers), 401);
      const both = { ...headers, ...bearer("all-admin") };
      assert.equal(await ask("127.0.0.1", both), 200);
    }
  });

  it("wants a token with the grant admin for all rooms of everybody else", async () => {
    for (const peer of ["192.0.2.1", "2001:db8::1", undefined, "1270.0.0.1"]) {
      assert.equal(await ask(peer), 401);
      assert.equal(await ask(peer, bearer("garbage")), 401);
      assert.equal(await ask(peer, bearer("all-guest")), 403);
      assert.equal(await ask(peer, bearer("tea-admin")), 403);
      assert.equal(await ask(peer, bearer("all-admin")), 200);
    }
  });
});
