import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { signToken, tokenAuthenticator } from "../../auth/tokens.ts";
import type { Verdict } from "../../rooms/authenticate.ts";

const NOW_S = 1_800_000_000;
const secretOf = (letter: string) =>
  new TextEncoder().encode(letter.repeat(32));
const secret = secretOf("a");
const verify = tokenAuthenticator([secret], () => NOW_S * 1_000);

const claims = { sub: "ann", room: "r", exp: NOW_S + 60 };
const sign = (payload: JWTPayload, key = secret, alg = "HS256") =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(key);
const refused = (error: Extract<Verdict, { ok: false }>["error"]) => ({
  ok: false,
  error,
});

describe("an access token", () => {
  it("gives identity, name and metadata when it holds", async () => {
    const metadata = { role: "host" };
    const token = await sign({ ...claims, name: "Ann", metadata });
    assert.deepEqual(await verify(token, "r"), {
      ok: true,
      claims: { identity: "ann", name: "Ann", metadata },
    });
    assert.deepEqual(await verify(await sign(claims), "r"), {
      ok: true,
      claims: { identity: "ann" },
    });
  });

  it("opens exactly its room, and every room with *", async () => {
    assert.deepEqual(
      await verify(await sign(claims), "R"),
      refused("tokenGrantsInvalid"),
    );
    const anywhere = await sign({ ...claims, room: "*" });
    assert.equal((await verify(anywhere, "R")).ok, true);
  });

  it("holds until it expires, give or take 5 seconds between clocks", async () => {
    const late = await sign({ ...claims, exp: NOW_S - 4 });
    assert.equal((await verify(late, "r")).ok, true);
    const tooLate = await sign({ ...claims, exp: NOW_S - 6 });
    assert.deepEqual(await verify(tooLate, "r"), refused("tokenExpired"));
  });

  it("does not hold before its time", async () => {
    const early = await sign({ ...claims, nbf: NOW_S + 4 });
    assert.equal((await verify(early, "r")).ok, true);
    const tooEarly = await sign({ ...claims, nbf: NOW_S + 60 });
    assert.deepEqual(await verify(tooEarly, "r"), refused("tokenNotYetValid"));
  });

  it("must be signed with a secret of ours", async () => {
    const foreign = await sign(claims, secretOf("b"));
    assert.deepEqual(
      await verify(foreign, "r"),
      refused("tokenSignatureInvalid"),
    );
  });

  it("may be signed with any of several secrets", async () => {
    const both = tokenAuthenticator(
      [secretOf("b"), secret],
      () => NOW_S * 1_000,
    );
    assert.equal((await both(await sign(claims), "r")).ok, true);
    const expired = await sign({ ...claims, exp: NOW_S - 60 });
    assert.deepEqual(await both(expired, "r"), refused("tokenExpired"));
    const foreign = await sign(claims, secretOf("c"));
    assert.deepEqual(
      await both(foreign, "r"),
      refused("tokenSignatureInvalid"),
    );
  });

  const wrong: [string, () => Promise<string> | string][] = [
    ["no JWT", () => "hello"],
    ["empty parts", () => ".."],
    ["not signed at all", () => new UnsecuredJWT(claims).encode()],
    ["signed with another algorithm", () => {
      const key = new TextEncoder().encode("a".repeat(64));
      return sign(claims, key, "HS512");
    }],
    ["without an end", () => sign({ sub: "ann", room: "r" })],
    ["without an identity", () => sign({ room: "r", exp: NOW_S + 60 })],
    ["with an empty identity", () => sign({ ...claims, sub: "" })],
    ["without a room", () => sign({ sub: "ann", exp: NOW_S + 60 })],
    ["with a room that cannot be", () => sign({ ...claims, room: "a b" })],
    ["with a name that is no text", () => sign({ ...claims, name: 1 })],
    ["with a nbf that is no time", () => {
      const payload: JWTPayload = { ...claims };
      Object.assign(payload, { nbf: "soon" });
      return sign(payload);
    }],
  ];
  for (const [what, make] of wrong) {
    it(`is invalid when it is ${what}`, async () => {
      const token = await make();
      assert.deepEqual(await verify(token, "r"), refused("tokenInvalid"));
    });
  }

  it("that we sign is one that we let in", async () => {
    const token = await signToken(
      { sub: "bob", room: "r", name: "Bob" },
      secret,
      60,
    );
    assert.deepEqual(await tokenAuthenticator([secret])(token, "r"), {
      ok: true,
      claims: { identity: "bob", name: "Bob" },
    });
  });
});
