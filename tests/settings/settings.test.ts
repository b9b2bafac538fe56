import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Policy } from "../../protocol/mod.ts";
import { describeSettings } from "../../settings/describe.ts";
import { tellProblem } from "../../settings/env.ts";
import { policyOf } from "../../settings/policy.ts";
import { redisOf } from "../../settings/redis.ts";
import { readServiceSettings } from "../../settings/settings.ts";

function settings(env: Record<string, string> = {}) {
  const read = readServiceSettings(env);
  assert.ok(read.ok);
  return read.settings;
}

function problems(env: Record<string, string>): string[] {
  const read = readServiceSettings(env);
  assert.ok(!read.ok);
  return read.problems.map(tellProblem);
}

const numbersOf = (policy: Policy) =>
  (Object.entries(policy) as [keyof Policy, unknown][])
    .filter(([, value]) => typeof value === "number");

function rowOf(name: string) {
  const row = describeSettings().find((one) => one.name === name);
  assert.ok(row, name);
  return row;
}

describe("the settings", () => {
  it("need nothing to be set", () => {
    const { HOST, PORT, TOKEN_KEYS, ALLOWED_ORIGINS } = settings();
    assert.deepEqual({ HOST, PORT, TOKEN_KEYS, ALLOWED_ORIGINS }, {
      HOST: "127.0.0.1",
      PORT: 8_080,
      TOKEN_KEYS: undefined,
      ALLOWED_ORIGINS: undefined,
    });
  });

  it("take an empty variable for one that is not set, and ignore others", () => {
    assert.equal(settings({ PORT: "", SHELL: "/bin/sh" }).PORT, 8_080);
  });

  it("make the policy of the protocol, with its defaults and its bounds", () => {
    assert.deepEqual(policyOf(settings()), Policy.parse({}));
    const policy = policyOf(settings({
      ROOM_MAX_PARTICIPANTS: "2",
      ROOM_DUPLICATE_IDENTITY: "reject",
      ROOM_CODECS: "audio/opus, video/VP9",
    }));
    assert.deepEqual(policy.codecs, ["audio/opus", "video/VP9"]);
    assert.equal(policy.maxParticipants, 2);
    assert.equal(policy.duplicateIdentity, "reject");
    for (const ROOM_CODECS of ["video/vp8", "video/VP8,video/VP8", ","]) {
      const [problem = ""] = problems({ ROOM_CODECS });
      assert.match(problem, /must be some of audio\/opus, video\/VP8/);
    }
    assert.deepEqual(problems({ ROOM_PING_INTERVAL_MS: "99" }), [
      'ROOM_PING_INTERVAL_MS is "99": it must be a whole number from 100 to 60000',
    ]);
  });

  it("change each number of the policy by the setting that is named like it", () => {
    const defaults = policyOf(settings());
    const numbers = numbersOf(defaults).map(([field]) => field);
    const names = describeSettings().filter(({ name, default: usual = "" }) =>
      name.startsWith("ROOM_") && /^\d+$/.test(usual)
    );
    const changed = names.map(({ name, default: usual }) => {
      const policy = policyOf(settings({
        MAX_BACKLOG_BYTES: "1073741824",
        [name]: `${Number(usual) + 1}`,
      }));
      const [field = "", ...others] = numbersOf(policy)
        .filter(([field, value]) => value !== defaults[field])
        .map(([field]) => field);
      assert.deepEqual(others, [], name);
      const words = field.replace(/[A-Z]/g, "_$&").toUpperCase().split("_");
      for (const word of name.replace("ROOM_", "").split("_")) {
        assert.ok(words.includes(word), `${name} changes ${field}`);
      }
      return field;
    });
    assert.deepEqual(changed.toSorted(), numbers.toSorted());
  });

  it("tell every wrong one: its name, what was given, what is allowed", () => {
    assert.deepEqual(
      problems({
        PORT: "80a",
        LOG_FORMAT: "xml",
        ALLOWED_ORIGINS: "https://a.example/path",
      }),
      [
        'PORT is "80a": it must be a whole number from 0 to 65535',
        'ALLOWED_ORIGINS is "https://a.example/path": it must be origins such as https://example.com, with commas between',
        'LOG_FORMAT is "xml": it must be one of json, pretty',
      ],
    );
  });

  it("never tell a secret", () => {
    const [token = "", ice = ""] = problems({
      TOKEN_KEYS: "hunter2",
      ICE_SERVERS: '[{"credential": "hunter2"}]',
    });
    assert.match(
      token,
      /TOKEN_KEYS is 7 characters long: .*at least 32 bytes/,
    );
    assert.match(ice, /ICE_SERVERS is 27 characters long: .*JSON array/);
    assert.doesNotMatch(token + ice, /hunter2/);
  });

  it("read lists with commas between", () => {
    const { ALLOWED_ORIGINS, TOKEN_KEYS } = settings({
      ALLOWED_ORIGINS: "https://a.example, http://localhost:3000",
      TOKEN_KEYS: `new:${"a".repeat(32)}, old:${"b:".repeat(16)}`,
    });
    assert.deepEqual(ALLOWED_ORIGINS, [
      "https://a.example",
      "http://localhost:3000",
    ]);
    const secretOf = (text: string) => new TextEncoder().encode(text);
    assert.deepEqual(TOKEN_KEYS, [
      { kid: "new", secret: secretOf("a".repeat(32)) },
      { kid: "old", secret: secretOf("b:".repeat(16)) },
    ]);
  });

  it("want a name and a secret for each key, and no name twice", () => {
    const secret = "s".repeat(32);
    const wrong = [
      secret,
      `:${secret}`,
      "k1:short",
      `k 1:${secret}`,
      `k1:${secret},k1:${secret}`,
      `k1:${secret},`,
    ];
    for (const TOKEN_KEYS of wrong) {
      assert.match(
        problems({ TOKEN_KEYS }).join(),
        /^TOKEN_KEYS is \d+ characters long: it must be names with secrets/,
      );
    }
  });

  it("want keys from an address that nobody on the way can change", () => {
    const urls = [
      "https://auth.example.com/jwks.json",
      "http://127.0.0.1:9000/jwks",
      "http://[::1]:9000/jwks",
      "http://localhost:9000/jwks",
    ];
    for (const TOKEN_JWKS_URL of urls) {
      assert.equal(
        settings({ TOKEN_JWKS_URL }).TOKEN_JWKS_URL?.href,
        TOKEN_JWKS_URL,
      );
    }
    const wrong = [
      "http://auth.example.com/jwks.json",
      "http://127.0.0.1.example.com/jwks",
      "file:///etc/jwks.json",
      "jwks.json",
    ];
    for (const TOKEN_JWKS_URL of wrong) {
      assert.match(
        problems({ TOKEN_JWKS_URL }).join(),
        /^TOKEN_JWKS_URL .*it must be an https:\/\/ address/,
      );
    }
  });

  it("want keys where other machines can reach the service", () => {
    for (const HOST of ["0.0.0.0", "::", "192.0.2.1", "127.example.com"]) {
      assert.match(
        problems({ HOST }).join(),
        /^TOKEN_KEYS is not set: it must be set, or TOKEN_JWKS_URL, since other/,
      );
      settings({ HOST, TOKEN_KEYS: `k1:${"s".repeat(32)}` });
      settings({ HOST, TOKEN_JWKS_URL: "https://auth.example.com/jwks" });
    }
    for (const HOST of ["127.0.0.1", "127.1.2.3", "::1", "localhost"]) {
      settings({ HOST });
    }
  });

  it("give a connection 5 seconds to say who it is", () => {
    assert.equal(settings().JOIN_TIMEOUT_MS, 5_000);
  });

  it("want a secret for a sidecar of one's own", () => {
    assert.deepEqual(problems({ SFU_URL: "tcp://127.0.0.1:4440" }), [
      "SFU_SECRET is not set: it must be a secret of 16 to 512 characters, since SFU_URL is set",
    ]);
    assert.match(
      problems({ SFU_URL: "127.0.0.1:4440" }).join(),
      /SFU_URL is "127\.0\.0\.1:4440"/,
    );
  });

  it("take several sidecars, with regions or without", () => {
    const SFU_SECRET = "what all of them know";
    const { SFU_URLS } = settings({
      SFU_SECRET,
      SFU_URLS: "tcp://a:1|eu, tls://b:2",
    });
    assert.deepEqual(SFU_URLS, [
      { url: "tcp://a:1", region: "eu" },
      { url: "tls://b:2", region: undefined },
    ]);
    for (
      const SFU_URLS of ["a:1", "tcp://a:1|", "tcp://a:1|e u", "tcp://|eu"]
    ) {
      assert.match(problems({ SFU_SECRET, SFU_URLS }).join(), /SFU_URLS is/);
    }
    assert.deepEqual(problems({ SFU_URLS: "tcp://a:1" }), [
      "SFU_SECRET is not set: it must be a secret of 16 to 512 characters, since SFU_URLS is set",
    ]);
    const SFU_URL = "tcp://a:1";
    assert.deepEqual(problems({ SFU_SECRET, SFU_URL, SFU_URLS: SFU_URL }), [
      'SFU_URL is "tcp://a:1": it must be left out, since SFU_URLS is set',
    ]);
  });

  it("do not lose a participant between two pings", () => {
    assert.deepEqual(problems({ ROOM_PING_INTERVAL_MS: "5000" }), [
      'ROOM_PING_INTERVAL_MS is "5000": it must be less than ROOM_TIMEOUT_MS',
    ]);
    settings({ ROOM_PING_INTERVAL_MS: "5000", ROOM_TIMEOUT_MS: "5001" });
  });

  it("do not let the media of a room end before another process has the room", () => {
    const shared = { REDIS_URL: "redis://a:1", REDIS_LEASE_MS: "20000" };
    assert.deepEqual(problems({ ...shared, SFU_LEASE_MS: "20000" }), [
      'REDIS_LEASE_MS is "20000": it must be less than SFU_LEASE_MS',
    ]);
    settings({ ...shared, SFU_LEASE_MS: "20001" });
    settings({ SFU_LEASE_MS: "500" });
  });

  it("do not keep more events for a participant than can be sent at once", () => {
    assert.deepEqual(problems({ ROOM_MAX_LOG_BYTES: "600000" }), [
      'ROOM_MAX_LOG_BYTES is "600000": it must be at most half of MAX_BACKLOG_BYTES',
    ]);
    settings({ ROOM_MAX_LOG_BYTES: "600000", MAX_BACKLOG_BYTES: "1200000" });
  });

  it("say whether a resume wants a token", () => {
    const policy = (env: Record<string, string>) => policyOf(settings(env));
    assert.equal(policy({}).requireTokenOnResume, false);
    const env = { ROOM_REQUIRE_TOKEN_ON_RESUME: "true" };
    assert.equal(policy(env).requireTokenOnResume, true);
  });

  it("are all described, with what is allowed and the default", () => {
    const rows = describeSettings();
    assert.ok(rows.length > 30);
    for (const { name, allowed, description } of rows) {
      assert.ok(description.length > 5, `${name} has no description`);
      assert.ok(allowed.length > 3, `${name} does not say what is allowed`);
    }
    assert.deepEqual(rowOf("PORT"), {
      name: "PORT",
      default: "8080",
      allowed: "a whole number from 0 to 65535",
      description: "where to listen; 0: a free one",
    });
  });

  it("that are told as defaults are taken as such", () => {
    const defaults = describeSettings().flatMap(({ name, default: value }) =>
      value === undefined ? [] : [[name, value]]
    );
    const { UNLIMITED_ADDRESSES, ...others } = settings(
      Object.fromEntries(defaults),
    );
    const { UNLIMITED_ADDRESSES: _, ...expected } = settings();
    assert.deepEqual(others, expected);
    for (const address of ["127.0.0.1", "::1"]) {
      assert.ok(UNLIMITED_ADDRESSES(address), address);
    }
  });

  it("take the address of Redis without credentials, which are settings of their own", () => {
    const REDIS_URL = "rediss://redis.example.com:6380";
    const given = settings({ REDIS_URL, REDIS_PASSWORD: "p" });
    assert.deepEqual(redisOf(given), {
      url: REDIS_URL,
      password: "p",
      prefix: "holdfast",
      leaseMs: 5_000,
    });
    assert.equal(redisOf(settings()), undefined);
    assert.ok(redisOf(settings({ REDIS_URL: "/run/redis.sock" })));
    for (const url of ["redis://:secret@host", "http://host", "host:6379"]) {
      assert.match(problems({ REDIS_URL: url }).join(), /REDIS_URL/, url);
    }
  });

  it("take the address of this process alone, below which its rooms are", () => {
    const REDIS_URL = "/run/redis.sock";
    const urlOf = (PUBLIC_URL: string) =>
      redisOf(settings({ REDIS_URL, PUBLIC_URL }))?.publicUrl;
    assert.equal(urlOf("https://a.example.com/"), "https://a.example.com");
    assert.equal(urlOf("http://a:8080/calls"), "http://a:8080/calls");
    for (
      const url of ["a.example.com", "wss://a", "https://u:p@a", "https://a?b"]
    ) {
      assert.match(problems({ PUBLIC_URL: url }).join(), /PUBLIC_URL/, url);
    }
  });
});
