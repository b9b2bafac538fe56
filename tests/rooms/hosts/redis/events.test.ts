/** What is announced in one process and heard in all, through a real Redis. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../../../support/eventually.ts";
import { Person } from "../person.ts";
import { redisSuite } from "./server.ts";
import { openRedisStage, type RedisProcess, type RedisStage } from "./stage.ts";

describe("HO11: announcements of all processes", redisSuite, () => {
  let stage: RedisStage;
  let first: RedisProcess;
  let second: RedisProcess;

  beforeEach(async () => {
    stage = await openRedisStage();
    first = await stage.start();
    second = await stage.start();
  });
  afterEach(async () => await stage[Symbol.asyncDispose]());

  const told = ({ cluster }: RedisProcess, after = 0) =>
    cluster.since(after).announced.map(({ room, seq, announcement }) =>
      `${room} ${seq} ${announcement.type}`
    );

  /** One after the other, so that it is known what comes first. */
  async function talk(): Promise<void> {
    await Person.join(first, "ann", "a");
    await eventually(() => assert.equal(told(second).length, 2));
    await Person.join(second, "bob", "b");
  }

  const last = (seq: number) => `a ${seq} roomStarted`;

  async function add(from: number, to: number): Promise<void> {
    const redis = await stage.connect();
    const adding = redis.pipeline();
    for (let seq = from; seq <= to; seq += 1) {
      const announcement = { type: "roomStarted" };
      const text = { room: "a", epoch: 1, seq, at: 0, announcement };
      adding.xadd("t:events", "*", "a", JSON.stringify(text));
    }
    await adding.exec();
  }

  const all = [
    "a 1 roomStarted",
    "a 2 participantJoined",
    "b 1 roomStarted",
    "b 2 participantJoined",
  ];

  it("are one row, with the same numbers in each of them", async () => {
    await talk();
    for (const process of [first, second]) {
      await eventually(() => assert.deepEqual(told(process), all));
    }
    assert.deepEqual(
      first.cluster.since(0).announced,
      second.cluster.since(0).announced,
    );
  });

  it("can be followed on through another process, and one that came later", async () => {
    await talk();
    await eventually(() => assert.deepEqual(told(first), all));
    const { id = 0 } = first.cluster.since(0).announced[1] ?? {};
    const late = await stage.start();
    for (const process of [second, late]) {
      const { isComplete } = process.cluster.since(id);
      assert.ok(isComplete);
      assert.deepEqual(told(process, id), all.slice(2));
    }
  });

  it("wait for Redis while it is away", async () => {
    await Person.join(first, "ann", "a");
    const bob = await Person.join(first, "bob", "a");
    await eventually(() => assert.equal(told(second).length, 3));
    first.proxy.cut();
    await bob.leave();
    assert.equal(told(second).length, 3);
    first.proxy.mend();
    await eventually(() =>
      assert.deepEqual(told(second).slice(3), ["a 4 participantLeft"])
    );
  });

  it("are told once where a retry brings them again: of a former owner, or of a room that is over", async () => {
    const redis = await stage.connect();
    const add = (epoch: number, seq: number, type: string) => {
      const announcement = { type, reason: "roomClosed" };
      const text = { room: "a", epoch, seq, at: 0, announcement };
      return redis.xadd("t:events", "*", "a", JSON.stringify(text));
    };
    await add(1, 1, "roomStarted");
    await add(2, 2, "roomEnded");
    await add(1, 1, "roomStarted");
    await add(2, 2, "roomEnded");
    await add(3, 1, "roomStarted");
    const once = ["a 1 roomStarted", "a 2 roomEnded", "a 1 roomStarted"];
    await eventually(() => assert.deepEqual(told(second), once));
  });

  it("say that some are missing to who followed them before this process began, if it does not know those between", async () => {
    await add(1, 1_100);
    await eventually(() => assert.equal(told(first).length, 1_100));
    const { id = 0 } = first.cluster.since(0).announced[10] ?? {};
    const { cluster } = await stage.start();
    assert.equal(cluster.since(id).isComplete, false);
    const [oldest] = cluster.since(0).announced;
    assert.equal(oldest?.seq, 1_100 - 1_024 + 1);
    assert.equal(cluster.since(oldest.id).isComplete, true);
  });

  const aways = {
    "is cut off": ({ proxy }: RedisProcess) => {
      proxy.cut();
      return () => proxy.mend();
    },
    "hears nothing": ({ proxy }: RedisProcess) => proxy.hold(),
  };
  for (const [how, away] of Object.entries(aways)) {
    it(`say that some are missing to who follows them where this process ${how} for too long`, async () => {
      await add(1, 10);
      await eventually(() => assert.equal(told(second).at(-1), last(10)));
      const { lastId } = second.cluster;
      const back = away(second);
      await add(11, 3_000);
      await (await stage.connect()).xtrim("t:events", "MAXLEN", 1_100);
      back();
      await eventually(() => assert.equal(told(second).at(-1), last(3_000)));
      const { announced, isComplete } = second.cluster.since(lastId);
      assert.equal(isComplete, false);
      const [oldest] = announced;
      assert.equal(oldest?.seq, 3_000 - 1_100 + 1);
      assert.equal(second.cluster.since(oldest.id).isComplete, true);
      await add(3_001, 3_010);
      await eventually(() => assert.equal(told(second).at(-1), last(3_010)));
      assert.equal(told(second).length, 1_110);
    });
  }

  it("go on being counted where another process takes a room up", async () => {
    const ann = await Person.join(first, "ann", "a");
    await first.kill();
    await ann.resume(second);
    await ann.leave();
    await eventually(() => assert.ok(told(second).at(-1)?.includes("Left")));
    const { announced } = second.cluster.since(0);
    assert.deepEqual(
      announced.map(({ seq }) => seq),
      announced.map((_, index) => index + 1),
    );
  });
});
