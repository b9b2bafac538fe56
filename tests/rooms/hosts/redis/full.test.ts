/** A real Redis that takes nothing more, since its memory is full. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { eventually } from "../../../support/eventually.ts";
import { Person } from "../person.ts";
import { redisSuite } from "./server.ts";
import { LEASE_MS, openRedisStage, type RedisStage } from "./stage.ts";

describe("HO10: Redis that is full", redisSuite, () => {
  let stage: RedisStage;
  let redis: Redis;

  beforeEach(async () => {
    stage = await openRedisStage();
    redis = await stage.connect();
  });
  afterEach(async () => await stage[Symbol.asyncDispose]());

  it("lets rooms go on for as long as it is, and lets somebody in again after that", async () => {
    const [first, second] = [await stage.start(), await stage.start()];
    await Person.join(first, "ann", "r");
    await Person.join(second, "bob", "r");
    const there = async () => {
      const rooms = await first.host.list();
      return rooms.map(({ epoch, participants, reconnecting }) => ({
        epoch,
        participants,
        reconnecting,
      }));
    };
    const before = await there();
    assert.equal(before[0]?.participants, 2);
    await redis.config("SET", "maxmemory", "1");
    const until = async () => Number(await redis.hget("t:room:r", "until"));
    const past = await until() + LEASE_MS;
    await eventually(async () => assert.ok(await until() > past));
    assert.deepEqual(await there(), before);
    await redis.config("SET", "maxmemory", "0");
    await eventually(() => Person.join(second, "cy", "s"));
  });
});
