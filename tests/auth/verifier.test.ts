import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { exportSPKI, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { NamedKeys } from "../../auth/named_keys.ts";
import type { TokenError } from "../../auth/refusal.ts";
import { tokenVerifier, type VerifierOptions } from "../../auth/verifier.ts";
import { createLog } from "../../log.ts";
import { errors } from "../../protocol/mod.ts";
import { RemoteKeys } from "../../auth/remote_keys.ts";
import { JwksServer, newKey } from "./jwks_server.ts";

const NOW_S = 1_800_000_000;
const now = () => NOW_S * 1_000;
const secretOf = (letter: string) =>
  new TextEncoder().encode(letter.repeat(32));
const keyOf = (kid: string) => ({ kid, secret: secretOf(kid) });
const a = keyOf("a");
const b = keyOf("b");

const verifier = (options: Partial<VerifierOptions> = {}) =>
  tokenVerifier({ named: new NamedKeys([a]), now, ...options });

const claims = { sub: "ann", room: "r", exp: NOW_S + 60 };
const sign = (
  payload: JWTPayload,
  { kid, secret }: { kid?: string; secret: Uint8Array } = a,
  alg = "HS256",
) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .sign(secret);

const grants = {
  join: true,
  publish: true,
  subscribe: true,
  sendData: true,
  updateMetadata: true,
  admin: false,
};

/** A header and a payload as they are, and no signature to speak of. */
const raw = (header: unknown, payload: unknown, signature = "AA") =>
  [header, payload].map((part) =>
    new TextEncoder().encode(JSON.stringify(part)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    })
  ).concat(signature).join(".");

async function assertRefused(
  token: string | Promise<string>,
  error: TokenError,
  verify = verifier(),
): Promise<string> {
  const read = await verify(await token);
  assert.ok(!read.ok, "it is taken");
  assert.equal(read.error, error);
  return read.detail ?? "";
}

describe("an access token", () => {
  it("says who, where, what and until when", async () => {
    const token = await sign({
      ...claims,
      room: "*",
      name: "Ann",
      metadata: { role: "host" },
      grants: { publish: ["microphone"], sendData: false, admin: true },
    });
    assert.deepEqual(await verifier()(token), {
      ok: true,
      claims: {
        identity: "ann",
        room: "*",
        name: "Ann",
        metadata: { role: "host" },
        grants: {
          ...grants,
          publish: ["microphone"],
          sendData: false,
          admin: true,
        },
        expiresAt: (NOW_S + 60) * 1_000,
      },
    });
  });

  it("grants all but the administration where it is silent", async () => {
    assert.deepEqual(await verifier()(await sign(claims)), {
      ok: true,
      claims: {
        identity: "ann",
        room: "r",
        grants,
        expiresAt: (NOW_S + 60) * 1_000,
      },
    });
  });

  it("is 20104 from its end on, give or take 5 seconds between clocks", async () => {
    const late = await sign({ ...claims, exp: NOW_S - 4 });
    assert.equal((await verifier()(late)).ok, true);
    await assertRefused(
      sign({ ...claims, exp: NOW_S - 6 }),
      "tokenExpired",
    );
    assert.equal(errors.tokenExpired.code, 20104);
  });

  it("is 20105 before its time (nbf), and when it comes from the future (iat)", async () => {
    for (const claim of ["nbf", "iat"]) {
      const early = await sign({ ...claims, [claim]: NOW_S + 4 });
      assert.equal((await verifier()(early)).ok, true);
      const tooEarly = sign({ ...claims, [claim]: NOW_S + 60 });
      await assertRefused(tooEarly, "tokenNotYetValid");
    }
    assert.equal(errors.tokenNotYetValid.code, 20105);
  });

  it("is 20103 when it is from another issuer or for another audience", async () => {
    const verify = verifier({ issuer: "https://ours", audience: "calls" });
    const ours = { ...claims, iss: "https://ours", aud: ["mail", "calls"] };
    assert.equal((await verify(await sign(ours))).ok, true);
    const others: JWTPayload[] = [
      { ...ours, iss: "https://theirs" },
      { ...ours, aud: "mail" },
      { ...claims, aud: "calls" },
      { ...claims, iss: "https://ours" },
    ];
    for (const payload of others) {
      const detail = await assertRefused(
        sign(payload),
        "tokenIssuerInvalid",
        verify,
      );
      assert.match(detail, /its (iss|aud) is not the expected one/);
    }
    assert.equal(errors.tokenIssuerInvalid.code, 20103);
  });

  it("is 20106 when its grants are none", async () => {
    const wrong = [
      { subscirbe: false },
      { join: "yes" },
      { publish: ["hologram"] },
      ["join"],
      "all",
      null,
    ];
    for (const grants of wrong) {
      await assertRefused(sign({ ...claims, grants }), "tokenGrantsInvalid");
    }
    assert.equal(errors.tokenGrantsInvalid.code, 20106);
  });

  it("is 20101 when others could not read what it says of its bearer", async () => {
    const half = "\ud83d";
    const wrong = [
      { sub: half },
      { name: half },
      { metadata: { [half]: 1 } },
      { metadata: JSON.parse('{"__proto__": {"a": 1}}') },
      { metadata: JSON.parse("[".repeat(17) + "]".repeat(17)) },
    ];
    for (const claim of wrong) {
      await assertRefused(sign({ ...claims, ...claim }), "tokenInvalid");
    }
  });

  it("is 20107 when it is signed with another secret, or changed", async () => {
    const foreign = { kid: "a", secret: secretOf("z") };
    await assertRefused(sign(claims, foreign), "tokenSignatureInvalid");
    const [header, , signature] = (await sign(claims)).split(".");
    const [, payload] = raw({}, { ...claims, sub: "bob" }).split(".");
    await assertRefused(
      [header, payload, signature].join("."),
      "tokenSignatureInvalid",
    );
    assert.equal(errors.tokenSignatureInvalid.code, 20107);
  });

  const malformed: [string, () => Promise<string> | string][] = [
    ["no JWT", () => "hello"],
    ["nothing", () => ""],
    ["empty parts", () => ".."],
    ["dots", () => ".".repeat(8_000)],
    ["no JSON", () => "AA.AA.AA"],
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
  for (const [what, make] of malformed) {
    it(`is 20101 when it is ${what}`, async () => {
      await assertRefused(make(), "tokenInvalid");
      assert.equal(errors.tokenInvalid.code, 20101);
    });
  }

  it("is 20101 when it is huge, and is not looked at", async () => {
    const huge = await sign({ ...claims, metadata: "x".repeat(8_192) });
    const detail = await assertRefused(huge, "tokenInvalid");
    assert.match(detail, /more than 8192 characters/);
  });

  it("that is refused is not repeated in the answer", async () => {
    const told = "private-9f3a";
    const tokens = [
      sign({ ...claims, room: `${told} room` }),
      sign({ ...claims, name: [told] }),
      sign({ ...claims, grants: { join: told } }),
      sign({ ...claims, [told]: 1 }, { kid: told, secret: a.secret }),
    ];
    for (const token of tokens) {
      const read = await verifier()(await token);
      assert.equal(read.ok, false);
      assert.doesNotMatch(JSON.stringify(read), new RegExp(told));
    }
  });
});

describe("the header of an access token", () => {
  it("is 20102 with alg none, however it is spelt", async () => {
    await assertRefused(
      new UnsecuredJWT(claims).encode(),
      "tokenHeaderInvalid",
    );
    for (const alg of ["none", "None", "NONE"]) {
      await assertRefused(raw({ alg, kid: "a" }, claims), "tokenHeaderInvalid");
      await assertRefused(
        raw({ alg, kid: "a" }, claims, ""),
        "tokenHeaderInvalid",
      );
    }
    assert.equal(errors.tokenHeaderInvalid.code, 20102);
  });

  it("is 20102 with an algorithm that is not allowed", async () => {
    const long = { kid: "a", secret: new TextEncoder().encode("a".repeat(64)) };
    for (const alg of ["HS384", "HS512"]) {
      await assertRefused(sign(claims, long, alg), "tokenHeaderInvalid");
    }
    for (const alg of ["RS256", "ES256", "EdDSA", "PS256", "HS1"]) {
      await assertRefused(raw({ alg, kid: "a" }, claims), "tokenHeaderInvalid");
    }
  });

  it("is 20102 with extensions that nobody knows", async () => {
    await assertRefused(
      raw({ alg: "HS256", kid: "a", crit: ["exp2"], exp2: 1 }, claims),
      "tokenHeaderInvalid",
    );
  });

  it("is not asked for keys, nor for addresses of keys", async () => {
    await using server = await JwksServer.start();
    const jku = server.url.href;
    const jwk = { kty: "oct", k: "YWFh" };
    const header = { alg: "HS256", kid: "a", jku, x5u: jku, jwk };
    await assertRefused(raw(header, claims), "tokenSignatureInvalid");
    assert.equal(server.requests, 0);
  });

  it("chooses among the keys, which come and go one at a time", async () => {
    const c = keyOf("c");
    const verifyWith = (...keys: { kid: string; secret: typeof a.secret }[]) =>
      verifier({ named: new NamedKeys(keys) });
    const old = await sign(claims, a);
    const fresh = await sign(claims, b);
    const during = verifyWith(b, a);
    assert.equal((await during(old)).ok, true);
    assert.equal((await during(fresh)).ok, true);
    const after = verifyWith(b);
    await assertRefused(old, "tokenHeaderInvalid", after);
    assert.equal((await after(fresh)).ok, true);
    await assertRefused(sign(claims, c), "tokenHeaderInvalid", during);
    const swapped = { kid: "a", secret: b.secret };
    await assertRefused(sign(claims, swapped), "tokenSignatureInvalid", during);
  });

  it("may leave out the name of the key where there is only one", async () => {
    const nameless = { secret: a.secret };
    assert.equal((await verifier()(await sign(claims, nameless))).ok, true);
    const verify = verifier({ named: new NamedKeys([a, b]) });
    const detail = await assertRefused(
      sign(claims, nameless),
      "tokenHeaderInvalid",
      verify,
    );
    assert.match(detail, /names no key/);
  });
});

describe("an access token that is signed with a private key", () => {
  const log = createLog({ level: "silent", format: "json" });
  const remoteOf = ({ url }: JwksServer) =>
    new RemoteKeys({ url, log, now, random: () => 0 });

  for (const alg of ["RS256", "ES256", "EdDSA"]) {
    it(`holds with ${alg}, and not with another key`, async () => {
      const key = await newKey("k1", alg);
      const other = await newKey("k1", alg);
      await using server = await JwksServer.start(key.jwk);
      const verify = verifier({ remote: remoteOf(server) });
      const by = (privateKey: CryptoKey) =>
        new SignJWT(claims).setProtectedHeader({ alg, kid: "k1" })
          .sign(privateKey);
      assert.equal((await verify(await by(key.privateKey))).ok, true);
      await assertRefused(
        by(other.privateKey),
        "tokenSignatureInvalid",
        verify,
      );
    });
  }

  it("is not one that is signed with the public key as a secret", async () => {
    const key = await newKey("k1", "RS256");
    await using server = await JwksServer.start(key.jwk);
    const named = new NamedKeys([keyOf("k2")]);
    const verify = verifier({ named, remote: remoteOf(server) });
    const encoder = new TextEncoder();
    const secrets = [
      encoder.encode(await exportSPKI(key.publicKey)),
      encoder.encode(JSON.stringify(key.jwk)),
      encoder.encode(key.jwk.n),
    ];
    for (const secret of secrets) {
      await assertRefused(
        sign(claims, { kid: "k1", secret }),
        "tokenHeaderInvalid",
        verify,
      );
      await assertRefused(
        sign(claims, { kid: "k2", secret }),
        "tokenSignatureInvalid",
        verify,
      );
      await assertRefused(
        sign(claims, { secret }),
        "tokenSignatureInvalid",
        verify,
      );
    }
  });

  it("never takes a secret that is published for a key", async () => {
    const jwk = { kty: "oct", k: "YWFh", kid: "k1", alg: "HS256" };
    await using server = await JwksServer.start(jwk);
    const verify = verifier({ remote: remoteOf(server) });
    const secret = new TextEncoder().encode("aaa");
    await assertRefused(
      sign(claims, { kid: "k1", secret }),
      "tokenHeaderInvalid",
      verify,
    );
  });
});
