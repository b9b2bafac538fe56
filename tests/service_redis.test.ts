/** Two services over one Redis, with real sockets. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RedisServer, redisSuite } from "./rooms/hosts/redis/server.ts";
import { ask, resultOf } from "./http/ask.ts";
import { World } from "./service_world.ts";
import { eventually } from "./support/eventually.ts";

describe("two services that share rooms", redisSuite, () => {
  let redis: RedisServer;
  let first: World;
  let second: World;

  beforeEach(async () => {
    redis = await RedisServer.start();
    first = await World.start({ REDIS_URL: redis.url });
    second = await World.start({ REDIS_URL: redis.url });
  });
  afterEach(async () => {
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  it("HO9, HO11: bring those together who come to either, and show the room through both", async () => {
    await using ann = await first.connect();
    await using bob = await second.connect();
    const { epoch } = await first.enter(ann, "r", "ann");
    const other = await second.enter(bob, "r", "bob");
    assert.equal(epoch, other.epoch);
    assert.equal(other.participants.length, 2);
    for (const { service: { port } } of [first, second]) {
      const base = `http://127.0.0.1:${port}/admin`;
      const issued = await fetch(`${base}/token`, { method: "POST" });
      const { token } = await issued.json();
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${base}/v1/rooms`, { headers });
      const { items } = await answer.json();
      assert.equal(items.length, 1);
      assert.equal(items[0].participants, 2);
    }
  });

  it("HO12: one that stops gives its rooms to the other", async () => {
    await using ann = await first.connect();
    const joined = await first.enter(ann, "r", "ann");
    await first.service.close();
    await using again = await second.connect();
    const { sessionId, secret, epoch, seq: ack } = joined;
    const params = { sessionId, secret, epoch, ack };
    const resumed = resultOf(await ask(again, "resume", params));
    assert.ok(resumed.epoch > epoch);
    await eventually(async () => {
      const url = `http://127.0.0.1:${second.service.port}/metrics`;
      const text = await (await fetch(url)).text();
      assert.match(text, /^holdfast_rooms 1$/m);
    });
  });
});
