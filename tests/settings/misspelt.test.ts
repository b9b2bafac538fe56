import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { misspelt } from "../../settings/misspelt.ts";
import { allSettings, readServiceSettings } from "../../settings/settings.ts";
import { sidecarSettings } from "../../sfu/sidecar/settings.ts";

const known = Object.keys(allSettings.shape);
const meant = (name: string) => misspelt([name], known).map((one) => one.meant);

describe("a variable that is nearly a setting", () => {
  for (
    const [name, setting] of [
      ["ROOM_PING_INTERVALL_MS", "ROOM_PING_INTERVAL_MS"],
      ["ROOM_PING_INTERVL_MS", "ROOM_PING_INTERVAL_MS"],
      ["ROM_MAX_PARTICIPANT", "ROOM_MAX_PARTICIPANTS"],
      ["TOKEN_KEY", "TOKEN_KEYS"],
      ["WEBHOOK_URL", "WEBHOOK_URLS"],
      ["REDIS_URI", "REDIS_URL"],
    ] as const
  ) {
    it(`is told with the one that is meant: ${name}`, () => {
      assert.deepEqual(meant(name), [setting]);
    });
  }

  it("is told beside what is wrong, which it may be the cause of", () => {
    const read = readServiceSettings({ HOST: "::", TOKEN_KEY: "k:secret" });
    assert.ok(!read.ok);
    assert.deepEqual(read.problems.map(({ name }) => name), ["TOKEN_KEYS"]);
    assert.deepEqual(read.misspelt, [
      { name: "TOKEN_KEY", meant: "TOKEN_KEYS" },
    ]);
  });

  it("is nothing to tell of where it is empty", () => {
    assert.deepEqual(readServiceSettings({ TOKEN_KEY: "" }).misspelt, []);
  });
});

describe("a variable of another program", () => {
  for (
    const name of [
      "HOME",
      "POST",
      "HOSTNAME",
      "LOG_DIR",
      "NODE_ENV",
      "REDIS_PORT",
      "ROOM_COLOR_SCHEME",
    ]
  ) {
    it(`is nobody's business: ${name}`, () => {
      assert.deepEqual(meant(name), []);
    });
  }

  it("is none of the sidecar's, whose settings may stand beside", () => {
    for (const name of Object.keys(sidecarSettings.shape)) {
      assert.deepEqual(meant(name), []);
    }
  });
});
