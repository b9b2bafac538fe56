import assert from "node:assert/strict";
import { it } from "@std/testing/bdd";
import { Hono } from "hono";
import { isFromThisMachine } from "../../http/loopback.ts";

it("who is on this machine says so by the address, and comes through no proxy", async () => {
  const app = new Hono();
  app.get("/", (c) => c.text(String(isFromThisMachine(c))));
  const isHere = async (host: string, headers: Record<string, string> = {}) =>
    await (await app.request(`http://${host}/`, { headers })).text() === "true";
  for (const host of ["localhost:8080", "127.0.0.1", "127.3.2.1", "[::1]:80"]) {
    assert.equal(await isHere(host), true, host);
    assert.equal(await isHere(host, { forwarded: "for=192.0.2.1" }), false);
  }
  const elsewhere = [
    "calls.example.com",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "192.0.2.1",
    "[2001:db8::1]",
  ];
  for (const host of elsewhere) assert.equal(await isHere(host), false, host);
});
