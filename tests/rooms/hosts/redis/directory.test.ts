/** Placement and snapshots, in a real Redis. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { runScript } from "../../../../rooms/hosts/redis/connect.ts";
import { Directory } from "../../../../rooms/hosts/redis/directory.ts";
import { save } from "../../../../rooms/hosts/redis/scripts.ts";
import { RedisServer, redisSuite } from "./server.ts";

const leaseMs = 300;
const bytes = new Uint8Array([0, 255, 10, 13]);

describe("HO7: rooms in Redis", redisSuite, () => {
  let server: RedisServer;
  let redis: Redis;
  let a: Directory;
  let b: Directory;

  beforeEach(async () => {
    server = await RedisServer.start();
    redis = await server.connect();
    const of = (node: string) =>
      new Directory({ redis, prefix: "t", node, leaseMs });
    a = of("a");
    b = of("b");
    await a.begin();
  });

  afterEach(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  /** The epoch under which a room was placed. */
  async function take(directory: Directory, room = "r"): Promise<number> {
    const placed = await directory.place(room, "any");
    assert.ok(placed.type === "yours", placed.type);
    return placed.epoch;
  }

  const ownerOf = async (directory: Directory) =>
    (await directory.ownership("r")).owner;

  const over = () => new Promise((resolve) => setTimeout(resolve, leaseMs));

  it("belong to one process at a time, and to the next under a higher epoch", async () => {
    const epoch = await take(a);
    const held = await b.place("r", "any");
    assert.ok(held.type === "held");
    assert.equal(held.owner, "a");
    assert.ok(held.leftMs > 0 && held.leftMs <= leaseMs);
    assert.equal(await ownerOf(b), "a");
    await over();
    assert.deepEqual(await b.ownership("r"), { epoch, owner: undefined });
    assert.ok(await take(b) > epoch);
  });

  it("wait no longer than a lease for an owner that has died when Redis' clock was ahead", async () => {
    const epoch = await take(a);
    await redis.hset("t:room:r", "until", Date.now() + 3_600_000);
    const held = await b.place("r", "any");
    assert.ok(held.type === "held");
    assert.equal(held.leftMs, leaseMs);
    await over();
    assert.ok(await take(b) > epoch);
  });

  it("wait no longer than a lease to begin where Redis began with a clock that was ahead", async () => {
    await redis.set("t:began", Date.now() + 3_600_000);
    const waits = await a.place("new", "any");
    assert.ok(waits.type === "wait");
    assert.equal(waits.leftMs, leaseMs);
    await over();
    await take(a, "new");
  });

  it("are taken by one of many that want them at the same time", async () => {
    const placed = await Promise.all(
      Array.from(
        { length: 20 },
        (_, index) =>
          new Directory({ redis, prefix: "t", node: `n${index}`, leaseMs })
            .place("r", "any"),
      ),
    );
    assert.equal(placed.filter(({ type }) => type === "yours").length, 1);
  });

  it("stay with who renews them", async () => {
    const epoch = await take(a);
    for (let round = 0; round < 4; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, leaseMs / 2));
      const { lost, anew } = await a.renew([{ room: "r", epoch }]);
      assert.deepEqual([lost.size, anew.size], [0, 0]);
    }
    assert.equal(await ownerOf(b), "a");
  });

  it("tell who was too late that they are lost", async () => {
    const epoch = await take(a);
    await over();
    await take(b);
    const { lost } = await a.renew([{ room: "r", epoch }]);
    assert.deepEqual([...lost], ["r"]);
    assert.equal(await ownerOf(a), "b");
  });

  it("are given again to who asks again for what it has, under a higher epoch", async () => {
    const epoch = await take(a);
    assert.ok(await take(a) > epoch);
  });

  it("come with what was kept of them, as it was", async () => {
    await a.save("r", await take(a), bytes);
    const [stored] = await a.load();
    assert.deepEqual(stored?.bytes, bytes);
    await over();
    assert.deepEqual(await b.orphans(10), ["r"]);
    const placed = await b.place("r", "kept");
    assert.ok(placed.type === "yours");
    assert.deepEqual(placed.bytes, bytes);
    assert.deepEqual(await b.orphans(10), []);
  });

  it("HO8: keep what was sent last, though what was sent before comes later", async () => {
    const epoch = await take(a);
    await a.save("r", epoch, new Uint8Array([1]));
    await a.save("r", epoch, new Uint8Array([2]));
    const late = ["a", epoch, new Uint8Array([0]), 1];
    assert.equal(await runScript(redis, save, ["t:room:r"], late), 0);
    const [stored] = await a.load();
    assert.deepEqual(stored?.bytes, new Uint8Array([2]));
    await over();
    await b.save("r", await take(b), new Uint8Array([3]));
    assert.deepEqual((await b.load())[0]?.bytes, new Uint8Array([3]));
  });

  it("take nothing from an owner of the past, not even where its lease was its own", async () => {
    const epoch = await take(a);
    await over();
    const next = await take(b);
    await assert.rejects(a.save("r", epoch, bytes), /somebody else/);
    await b.save("r", next, bytes);
    await a.release({ room: "r", epoch });
    await a.end("r", { since: 1, epoch, reason: "left", bans: [] });
    assert.equal((await b.load()).length, 1);
    assert.equal(await ownerOf(b), "b");
    const again = await take(b);
    await assert.rejects(b.save("r", next, bytes), /somebody else/);
    await b.save("r", again, bytes);
  });

  it("are free at once when they are given up", async () => {
    const epoch = await take(a);
    await a.save("r", epoch, bytes);
    await a.release({ room: "r", epoch });
    assert.deepEqual(await b.orphans(10), ["r"]);
    assert.ok(await take(b) > epoch);
  });

  it("are taken up only where something was kept of them, if so wanted", async () => {
    const none = await a.place("r", "kept");
    assert.deepEqual(none, { type: "none", ended: undefined });
    assert.equal(await redis.exists("t:room:r"), 0);
  });

  it("are known to be over, with why, and with whom they keep out", async () => {
    const epoch = await take(a);
    await a.save("r", epoch, bytes);
    const bans = [{ identity: "eve", until: 9e15 }];
    const ended = { since: 5, epoch, reason: "roomClosed", bans } as const;
    await a.end("r", ended);
    assert.deepEqual(await b.place("r", "kept"), { type: "none", ended });
    assert.deepEqual(await b.load(), []);
    const placed = await b.place("r", "any");
    assert.ok(placed.type === "yours");
    assert.deepEqual(placed.ended, ended);
    assert.equal(placed.bytes, undefined);
    assert.ok(placed.epoch > epoch);
  });

  it("are known to be over, with whom they keep out, until something is kept of the next one", async () => {
    const bans = [{ identity: "mallory", until: 1 }];
    const epoch = await take(a);
    const ended = { since: epoch, epoch, reason: "roomClosed", bans } as const;
    await a.end("r", ended);
    await take(a);
    await over();
    const placed = await b.place("r", "any");
    assert.ok(placed.type === "yours");
    assert.deepEqual(placed.ended, ended);
    await b.save("r", placed.epoch, bytes);
    await over();
    const kept = await a.place("r", "any");
    assert.ok(kept.type === "yours");
    assert.equal(kept.ended, undefined);
  });

  it("come back when Redis has lost all, under the epoch that they had", async () => {
    const epoch = await take(a);
    await redis.flushall();
    // Else it would be begun a second time, also by a process that has just begun.
    await b.begin();
    assert.equal((await b.place("r", "any")).type, "wait");
    assert.equal((await b.place("r", "kept")).type, "wait");
    const { lost, anew } = await a.renew([{ room: "r", epoch }]);
    assert.deepEqual([lost.size, [...anew]], [0, ["r"]]);
    await a.save("r", epoch, bytes);
    assert.equal((await b.place("r", "any")).type, "held");
    await over();
    await take(b, "another");
  });

  it("are with the highest epoch where a replica that took over knew less", async () => {
    const first = await take(a);
    await over();
    const second = await take(b);
    await redis.hset("t:room:r", { owner: "a", epoch: first });
    const { lost, anew } = await b.renew([{ room: "r", epoch: second }]);
    assert.deepEqual([lost.size, [...anew]], [0, ["r"]]);
    await redis.hset("t:room:r", { owner: "a", epoch: first, saved: 100 });
    await b.renew([{ room: "r", epoch: second }]);
    await b.save("r", second, bytes);
    assert.deepEqual((await b.load())[0]?.bytes, bytes);
    const late = await a.renew([{ room: "r", epoch: first }]);
    assert.deepEqual([...late.lost], ["r"]);
  });

  it("that cannot be read are put aside, and begin anew", async () => {
    const epoch = await take(a);
    await a.save("r", epoch, bytes);
    await a.setAside({ room: "r", epoch, bytes });
    assert.deepEqual(await a.load(), []);
    const aside = await redis.getBuffer(`t:aside:r:${epoch}`);
    assert.deepEqual(aside && new Uint8Array(aside), bytes);
  });
});
