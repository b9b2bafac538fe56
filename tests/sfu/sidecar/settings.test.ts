import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  readSettings,
  type SettingProblem,
  tellProblem,
} from "../../../settings/env.ts";
import {
  type SidecarSettings,
  sidecarSettings,
} from "../../../sfu/sidecar/settings.ts";

const SFU_SECRET = "a secret of some length";

function read(env: Record<string, string>): SidecarSettings {
  const settings = readSettings(sidecarSettings, { SFU_SECRET, ...env });
  assert(settings.ok, JSON.stringify(settings));
  return settings.settings;
}

function problems(env: Record<string, string>): readonly SettingProblem[] {
  const settings = readSettings(sidecarSettings, { SFU_SECRET, ...env });
  assert(!settings.ok, "these settings are accepted");
  return settings.problems;
}

describe("settings", () => {
  it("need nothing but a secret", () => {
    assert.deepEqual(read({}), {
      SFU_RTC_IP: "0.0.0.0",
      SFU_RTC_PORT: 0,
      SFU_INITIAL_OUTGOING_BITRATE: 1_000_000,
      SFU_ICE_CONSENT_SECONDS: 30,
      SFU_ROOM_CONSUMERS_PER_WORKER: 500,
      SFU_LEASE_MS: 30_000,
      SFU_LOG_LEVEL: "info",
      SFU_LISTEN: [{ scheme: "tcp", host: "127.0.0.1", port: 4440 }],
      SFU_SECRET,
      SFU_PIPE_IP: "127.0.0.1",
      SFU_PIPE_SRTP: "1",
      SFU_EXIT_WHEN_ORPHANED: "0",
    });
  });

  it("take a variable that is set to nothing for one that is not set", () => {
    assert.deepEqual(read({ SFU_WORKERS: "", SFU_LEASE_MS: "" }), read({}));
  });

  it("take several addresses, of every scheme", () => {
    const { SFU_LISTEN } = read({
      SFU_LISTEN: "unix:///run/sfu.sock, tcp://[::1]:1, http://localhost:0",
    });
    assert.deepEqual(SFU_LISTEN, [
      { scheme: "unix", path: "/run/sfu.sock" },
      { scheme: "tcp", host: "::1", port: 1 },
      { scheme: "http", host: "localhost", port: 0 },
    ]);
  });

  it("take a range of ports", () => {
    const { SFU_PIPE_PORTS } = read({ SFU_PIPE_PORTS: "40000-40999" });
    assert.deepEqual(SFU_PIPE_PORTS, { min: 40_000, max: 40_999 });
  });

  const wrong: [name: string, given: string, allowed: RegExp][] = [
    ["SFU_WORKERS", "0", /whole number from 1 to 256/],
    ["SFU_WORKERS", "many", /whole number/],
    ["SFU_WORKERS", "1.5", /whole number/],
    ["SFU_WORKERS", "1e1", /whole number/],
    ["SFU_RTC_PORT", "65536", /whole number from 0 to 65535/],
    ["SFU_RTC_IP", "localhost", /an IP address/],
    ["SFU_ANNOUNCED_ADDRESS", "a b", /an IP address or a host name/],
    ["SFU_PIPE_IP", "localhost", /an IP address/],
    ["SFU_PIPE_ANNOUNCED_ADDRESS", "sfu.example", /an IP address/],
    ["SFU_PIPE_PORTS", "40000", /two UDP ports such as 40000-40999/],
    ["SFU_PIPE_PORTS", "0-10", /two UDP ports/],
    ["SFU_PIPE_PORTS", "50000-40000", /two UDP ports/],
    ["SFU_PIPE_PORTS", "40000-70000", /two UDP ports/],
    ["SFU_LOG_LEVEL", "loud", /one of debug, info, warn, error/],
    ["SFU_LISTEN", "4440", /tcp:\/\/host:port/],
    ["SFU_LISTEN", "tcp://127.0.0.1:70000", /tcp:\/\/host:port/],
    ["SFU_LISTEN", "unix://relative", /unix:\/\/\/path/],
    ["SFU_SECRET", "short", /16 to 512 characters/],
  ];
  for (const [name, given, allowed] of wrong) {
    it(`refuse ${name}=${given}, and say what is allowed`, () => {
      const [problem, ...others] = problems({ [name]: given });
      assert.deepEqual(others, []);
      assert.equal(problem?.name, name);
      assert.equal(problem?.given, given);
      assert.match(problem?.allowed ?? "", allowed);
    });
  }

  it("are refused all at once", () => {
    const names = problems({ SFU_WORKERS: "x", SFU_LEASE_MS: "y" })
      .map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ["SFU_LEASE_MS", "SFU_WORKERS"]);
  });

  it("want TLS where other machines can connect", () => {
    for (const SFU_LISTEN of ["tcp://0.0.0.0:1", "http://127.example.com:1"]) {
      const [problem] = problems({ SFU_LISTEN });
      assert.equal(problem?.name, "SFU_LISTEN");
      assert.match(problem?.allowed ?? "", /tls:\/\/ or https:\/\//);
    }
  });

  it("want key and certificate for TLS", () => {
    const names = problems({ SFU_LISTEN: "tls://0.0.0.0:1" })
      .map(({ name }) => name);
    assert.deepEqual(names, ["SFU_TLS_KEY", "SFU_TLS_CERT"]);
  });

  it("want a port for every worker", () => {
    const [problem] = problems({ SFU_RTC_PORT: "65535", SFU_WORKERS: "2" });
    assert.equal(problem?.name, "SFU_RTC_PORT");
  });
});

describe("a problem is told", () => {
  it("with name, value and what is allowed", () => {
    assert.equal(
      tellProblem({ name: "A", given: "b", allowed: "a number" }),
      'A is "b": it must be a number',
    );
    assert.equal(
      tellProblem({ name: "A", given: undefined, allowed: "a number" }),
      "A is not set: it must be a number",
    );
  });

  it("without the secret", () => {
    const told = tellProblem({ name: "X_SECRET", given: "b", allowed: "long" });
    assert.equal(told, "X_SECRET is 1 characters long: it must be long");
  });
});
