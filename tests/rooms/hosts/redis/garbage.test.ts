/** What nobody of ours has written, in a real Redis. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { eventually } from "../../../support/eventually.ts";
import { Person } from "../person.ts";
import { redisSuite } from "./server.ts";
import { openRedisStage, type RedisStage } from "./stage.ts";

const FAR = "99999999999999";

describe("HO11: what cannot be read in Redis", redisSuite, () => {
  let stage: RedisStage;
  let redis: Redis;

  beforeEach(async () => {
    stage = await openRedisStage();
    redis = await stage.connect();
  });
  afterEach(async () => await stage[Symbol.asyncDispose]());

  it("keeps no process from its start, and nobody from hearing the rest", async () => {
    await redis.xadd("t:events", "*", "a", "{nonsense");
    await redis.xadd("t:events", "*", "a", "null");
    await redis.xadd("t:events", "*", "else", "[]", "b", "c");
    const first = await stage.start();
    await redis.xadd("t:events", "*", "a", "nonsense");
    await Person.join(first, "ann", "r");
    const types = () =>
      first.cluster.since(0).announced.map(({ announcement: { type } }) =>
        type
      );
    await eventually(() =>
      assert.deepEqual(types(), ["roomStarted", "participantJoined"])
    );
  });

  it("keeps nobody from the list of rooms, nor a room from its next process", async () => {
    const [first, second] = [await stage.start(), await stage.start()];
    await redis.hset("t:nodes", "ghost", `${FAR} {nonsense`);
    await redis.hset("t:nodes", "other", "nonsense");
    await Person.join(first, "ann", "r");
    assert.deepEqual(
      (await second.host.list()).map(({ name }) => name),
      ["r"],
    );
    const owner = await redis.hget("t:room:r", "owner");
    first.host.drain();
    await eventually(async () =>
      assert.notEqual(await redis.hget("t:room:r", "owner"), owner)
    );
  });

  it("keeps nobody out of a room, nor any room from its beginning", async () => {
    const process = await stage.start();
    await redis.set("t:began", "nonsense");
    await redis.hset("t:room:r", {
      owner: "x",
      epoch: "x",
      until: "x",
      ended: "{nonsense",
      bytes: "nonsense",
    });
    await Person.join(process, "ann", "s");
    await Person.join(process, "bob", "r");
  });

  it("ends no room and no process where it is said on the bus", async () => {
    const process = await stage.start();
    await Person.join(process, "ann", "r");
    const [node = ""] = await redis.hkeys("t:nodes");
    const say = (text: string) => redis.publish(`t:bus:${node}`, text);
    const head = { channel: "c", peer: null, ack: 0, gap: false };
    const bodies = [
      "nonsense",
      null,
      { type: "unknown" },
      { type: "open", connection: "1" },
      { type: "ask", id: 1, question: { type: "unknown" } },
      {
        type: "ask",
        id: 2,
        question: { type: "command", room: "r", command: { type: "unknown" } },
      },
      { type: "answer", id: 3, reply: {} },
      { type: "said", connection: "1", text: "{" },
      { type: "left", room: "r", sessionId: "s", secretHash: "h" },
      { type: "take", room: "nowhere" },
    ];
    for (const text of ["nonsense", "null", "[]", "{}"]) await say(text);
    const frame = { from: "x", ...head, seq: 1, bodies };
    await say(JSON.stringify(frame));
    await say(JSON.stringify({ ...frame, from: "y", seq: -9e9 }));
    await say(JSON.stringify({ ...frame, ack: 9e9, seq: 7 }));
    await eventually(() => {
      const { length } = process.lines.filter(({ message }) =>
        message === "bus: lost a process"
      );
      assert.ok(length > 0);
    });
    await Person.join(process, "bob", "r");
    assert.deepEqual((await process.host.list())[0]?.participants, 2);
  });
});
