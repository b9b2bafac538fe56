import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { KeyNotFound, KeysUnavailable } from "../../auth/refusal.ts";
import { RemoteKeys } from "../../auth/remote_keys.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { eventually } from "../support/eventually.ts";
import { within } from "../support/within.ts";
import { JwksServer, newKey } from "./jwks_server.ts";

const k1 = await newKey("k1", "ES256");
const k2 = await newKey("k2", "ES256");
const headerOf = (kid?: string) => ({
  alg: "ES256",
  ...(kid !== undefined && { kid }),
});

function assertPublic(key: { readonly type: string }): void {
  assert.equal(key.type, "public");
}

class World implements AsyncDisposable {
  time = 1_000_000;
  readonly server: JwksServer;
  readonly lines: Record<string, unknown>[];
  readonly keys: RemoteKeys;

  private constructor(server: JwksServer, timeoutMs: number, url: URL) {
    const { log, lines } = keepingLog();
    this.server = server;
    this.lines = lines;
    this.keys = new RemoteKeys({
      url,
      log,
      now: () => this.time,
      random: () => 1,
      timeoutMs,
    });
  }

  static async open(timeoutMs = 5_000, url?: string): Promise<World> {
    const server = await JwksServer.start(k1.jwk);
    return new World(server, timeoutMs, url ? new URL(url) : server.url);
  }

  find(kid?: string) {
    return this.keys.find(headerOf(kid));
  }

  async unavailable(kid = "k1"): Promise<KeysUnavailable> {
    try {
      await this.find(kid);
    } catch (error) {
      assert.ok(error instanceof KeysUnavailable, `${error}`);
      return error;
    }
    throw new Error("the key was found");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.keys.close();
    await this.server[Symbol.asyncDispose]();
  }
}

describe("keys at an address", () => {
  it("are fetched once, however many tokens come", async () => {
    await using world = await World.open();
    const found = await Promise.all([world.find("k1"), world.find("k1")]);
    found.forEach(assertPublic);
    await world.find("k1");
    assert.equal(world.server.requests, 1);
  });

  it("need no name where there is only one that fits", async () => {
    await using world = await World.open();
    assertPublic(await world.find());
    world.server.publish(k1.jwk, k2.jwk);
    world.time += 30_000;
    await world.find("k2");
    await assert.rejects(world.find(), /names no key/);
  });

  it("that are new are found at once, and unknown ones not looked for all the time", async () => {
    await using world = await World.open();
    await world.find("k1");
    await assert.rejects(world.find("k2"), KeyNotFound);
    assert.equal(world.server.requests, 1);
    world.time += 30_000;
    world.server.publish(k1.jwk, k2.jwk);
    await Promise.all([world.find("k2"), world.find("k2")]);
    assert.equal(world.server.requests, 2);
    for (let index = 0; index < 10; index++) {
      await assert.rejects(world.find(`k-${index}`), KeyNotFound);
    }
    assert.equal(world.server.requests, 2);
  });

  it("that are withdrawn hold no more after ten minutes", async () => {
    await using world = await World.open();
    await world.find("k1");
    world.server.publish(k2.jwk);
    world.time += 600_000;
    await world.find("k1");
    await eventually(() => assert.rejects(world.find("k1"), KeyNotFound));
    assert.equal(world.server.requests, 2);
  });

  it("are used on while the address is away, however long", async () => {
    await using world = await World.open();
    await world.find("k1");
    world.server.status = 503;
    for (let hour = 0; hour < 3; hour++) {
      world.time += 3_600_000;
      assertPublic(await world.find("k1"));
      await eventually(() => assert.equal(world.server.requests, hour + 2));
      await eventually(() => assert.equal(world.lines.length, hour + 1));
    }
    assert.match(JSON.stringify(world.lines[0]), /"warn".*HTTP status 503/);
  });

  it("cannot be said not to be there while the address is away", async () => {
    await using world = await World.open();
    await world.find("k1");
    world.server.status = 500;
    world.time += 30_000;
    const { retryAfterMs } = await world.unavailable("k2");
    assert.equal(retryAfterMs, 1_000);
    assertPublic(await world.find("k1"));
  });

  it("are asked for less and less often while the address is away", async () => {
    await using world = await World.open();
    world.server.status = 500;
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 7; attempt++) {
      const { retryAfterMs } = await world.unavailable();
      waits.push(retryAfterMs);
      assert.equal(world.server.requests, attempt);
      world.time += 400;
      assert.equal(
        (await world.unavailable()).retryAfterMs,
        retryAfterMs - 400,
      );
      assert.equal(world.server.requests, attempt);
      world.time += retryAfterMs;
    }
    assert.deepEqual(
      waits,
      [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000],
    );
    world.server.status = 200;
    assertPublic(await world.find("k1"));
  });

  const wrong: [string, (server: JwksServer) => void][] = [
    ["not found", (server) => server.status = 404],
    ["somewhere else", (server) => server.status = 302],
    ["no JSON", (server) => server.body = "<html>"],
    ["no set of keys", (server) => server.body = "[]"],
    ["too many", (server) => server.publish(...Array(101).fill(k1.jwk))],
    ["too big", (server) => server.body = new Uint8Array(300_000).fill(0x20)],
  ];
  for (const [what, change] of wrong) {
    it(`are not taken from an answer that is ${what}`, async () => {
      await using world = await World.open();
      change(world.server);
      await world.unavailable();
    });
  }

  it("that nobody answers for are given up in time", async () => {
    await using world = await World.open(50);
    world.server.hangs = true;
    await within("the end of the wait", world.unavailable());
  });

  it("that nobody listens for are given up", async () => {
    await using world = await World.open(5_000, "http://127.0.0.1:1/");
    await world.unavailable();
  });

  it("are given up when the service stops", async () => {
    await using world = await World.open();
    world.server.hangs = true;
    const unavailable = world.unavailable();
    await eventually(() => assert.equal(world.server.requests, 1));
    world.keys.close();
    await within("the end of the wait", unavailable);
    assert.deepEqual(world.lines, []);
  });

  it("that are private, shared or for another use are never taken", async () => {
    await using world = await World.open();
    world.server.publish(
      { ...k1.jwk, kid: "enc", use: "enc" },
      { ...k1.jwk, kid: "private", d: "AA" },
      { kty: "oct", k: "YWFh", kid: "oct" },
      { ...k1.jwk, kid: "broken", y: undefined },
      null,
      "key",
    );
    for (const kid of ["enc", "private", "oct", "broken"]) {
      await assert.rejects(world.find(kid), KeyNotFound, kid);
    }
  });
});
