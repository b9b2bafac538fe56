import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Policy } from "../protocol/mod.ts";
import {
  describeSettings,
  policyOf,
  readServiceSettings,
} from "../settings.ts";
import { tellProblem } from "../sfu/sidecar/env.ts";

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

describe("the settings", () => {
  it("need nothing to be set", () => {
    const { HOST, PORT, TOKEN_SECRET, ALLOWED_ORIGINS } = settings();
    assert.deepEqual({ HOST, PORT, TOKEN_SECRET, ALLOWED_ORIGINS }, {
      HOST: "127.0.0.1",
      PORT: 8_080,
      TOKEN_SECRET: undefined,
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
    }));
    assert.equal(policy.maxParticipants, 2);
    assert.equal(policy.duplicateIdentity, "reject");
    assert.deepEqual(problems({ ROOM_PING_INTERVAL_MS: "99" }), [
      'ROOM_PING_INTERVAL_MS is "99": it must be a whole number from 100 to 60000',
    ]);
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
      TOKEN_SECRET: "hunter2",
      ICE_SERVERS: '[{"credential": "hunter2"}]',
    });
    assert.match(
      token,
      /TOKEN_SECRET is 7 characters long: .*at least 32 bytes/,
    );
    assert.match(ice, /ICE_SERVERS is 27 characters long: .*JSON array/);
    assert.doesNotMatch(token + ice, /hunter2/);
  });

  it("read lists with commas between", () => {
    const { ALLOWED_ORIGINS, TOKEN_SECRET } = settings({
      ALLOWED_ORIGINS: "https://a.example, http://localhost:3000",
      TOKEN_SECRET: `${"a".repeat(32)},${"b".repeat(32)}`,
    });
    assert.deepEqual(ALLOWED_ORIGINS, [
      "https://a.example",
      "http://localhost:3000",
    ]);
    assert.equal(TOKEN_SECRET?.length, 2);
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
    assert.deepEqual(rows.find(({ name }) => name === "PORT"), {
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
    assert.deepEqual(settings(Object.fromEntries(defaults)), settings());
  });
});
