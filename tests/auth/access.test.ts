import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { SignJWT } from "jose";
import { type AccessOptions, openAccess } from "../../auth/access.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { eventually } from "../support/eventually.ts";
import { JwksServer, newKey } from "./jwks_server.ts";

const key = (kid: string) => ({
  kid,
  secret: new TextEncoder().encode(kid.repeat(32)),
});
const open = (options: Partial<AccessOptions> = {}) =>
  openAccess({ log: keepingLog().log, ...options });

describe("access to a room", () => {
  it("is for exactly the room of the token, and with * for every room", async () => {
    using access = open({ keys: [key("a")] });
    const token = await access.issue({ sub: "ann", room: "tea" }, 60);
    const verdict = await access.authenticate(token, "tea");
    assert.ok(verdict.ok);
    assert.equal(verdict.claims.identity, "ann");
    assert.ok(!("room" in verdict.claims));
    for (const room of ["Tea", "tea2", "te", "*"]) {
      assert.deepEqual(await access.authenticate(token, room), {
        ok: false,
        error: "tokenGrantsInvalid",
        detail: "it is for another room",
      });
    }
    const anywhere = await access.issue({ sub: "ann", room: "*" }, 60);
    assert.equal((await access.authenticate(anywhere, "te")).ok, true);
  });

  it("needs the grant to join, which an operator's token may lack", async () => {
    using access = open({ keys: [key("a")] });
    const grants = { join: false, admin: true };
    const token = await access.issue({ sub: "op", room: "*", grants }, 60);
    assert.deepEqual(await access.authenticate(token, "tea"), {
      ok: false,
      error: "tokenGrantsInvalid",
      detail: "it does not let its bearer join",
    });
    const read = await access.read(token);
    assert.equal(read.ok && read.claims.grants.admin, true);
  });

  it("is refused for now, and not for good, while keys are not to be had", async () => {
    await using server = await JwksServer.start();
    server.status = 503;
    using access = open({ jwksUrl: server.url });
    const { privateKey } = await newKey("k1", "ES256");
    const token = await new SignJWT({ sub: "ann", room: "tea" })
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .setExpirationTime("60 s")
      .sign(privateKey);
    const verdict = await access.authenticate(token, "tea");
    assert.ok(!verdict.ok);
    assert.equal(verdict.error, "busy");
    const { retryAfterMs = 0 } = verdict;
    assert.ok(retryAfterMs > 0 && retryAfterMs <= 1_000, `${retryAfterMs}`);
  });
});

describe("the tokens of the service itself", () => {
  it("are signed with the first key, and name it", async () => {
    using both = open({ keys: [key("b"), key("a")] });
    const token = await both.issue({ sub: "ann", room: "tea" }, 60);
    using first = open({ keys: [key("b")] });
    assert.equal((await first.authenticate(token, "tea")).ok, true);
    using second = open({ keys: [key("a")] });
    const verdict = await second.authenticate(token, "tea");
    assert.equal(!verdict.ok && verdict.error, "tokenHeaderInvalid");
  });

  it("are from its issuer and for its audience", async () => {
    using access = open({ issuer: "ours", audience: "calls" });
    const token = await access.issue({ sub: "ann", room: "tea" }, 60);
    assert.equal((await access.authenticate(token, "tea")).ok, true);
  });

  it("are nobody else's where it has no key that others know", async () => {
    using access = open();
    using other = open();
    const token = await access.issue({ sub: "ann", room: "tea" }, 60);
    assert.equal((await access.authenticate(token, "tea")).ok, true);
    const verdict = await other.authenticate(token, "tea");
    assert.equal(!verdict.ok && verdict.error, "tokenSignatureInvalid");
  });
});

describe("the keys of others", () => {
  it("are fetched before anybody needs them, beside those of the service", async () => {
    const { jwk, privateKey } = await newKey("k1", "EdDSA");
    await using server = await JwksServer.start(jwk);
    using access = open({ keys: [key("a")], jwksUrl: server.url });
    await eventually(() => assert.equal(server.requests, 1));
    const theirs = await new SignJWT({ sub: "ann", room: "tea" })
      .setProtectedHeader({ alg: "EdDSA", kid: "k1" })
      .setExpirationTime("60 s")
      .sign(privateKey);
    assert.equal((await access.authenticate(theirs, "tea")).ok, true);
    const ours = await access.issue({ sub: "ann", room: "tea" }, 60);
    assert.equal((await access.authenticate(ours, "tea")).ok, true);
    assert.equal(server.requests, 1);
  });
});
