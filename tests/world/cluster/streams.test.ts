/** Streams of the virtual Redis against those of a real one. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { RedisConnection } from "../../../rooms/hosts/redis/connect.ts";
import { RedisServer, redisSuite } from "../../rooms/hosts/redis/server.ts";
import { Process, Timeline } from "../timeline.ts";
import { VirtualRedis } from "./redis.ts";

const KEY = "s";
const WAIT_MS = 200;

type Entries = readonly [id: string, fields: readonly string[]][];

/** What is read, one thing after the other. `reader` is another connection. */
async function story(
  redis: RedisConnection,
  reader: RedisConnection,
): Promise<unknown[]> {
  const ids: string[] = [];
  const add = async (text: string) => {
    ids.push(`${await redis.xadd(KEY, "MAXLEN", "~", 10, "*", "a", text)}`);
  };
  /** As indices: ids are times. */
  const plain = (entries: Entries) =>
    entries.map(([id, fields]) => [ids.indexOf(id), ...fields]);
  const read = async (after: string) => {
    const [key, entries = []] = (await reader.xread(
      ...["COUNT", 256, "BLOCK", WAIT_MS, "STREAMS", KEY, after] as const,
    ))?.[0] ?? [];
    return { key, entries };
  };
  const last = async (count: number) =>
    plain(await redis.xrevrange(KEY, "+", "-", "COUNT", count));
  const told: unknown[] = [await last(5), await read("0-0")];
  const waiting = read("0-0");
  await add("first");
  const { key, entries } = await waiting;
  told.push([key, plain(entries)]);
  await Promise.all(["second", "third", "fourth"].map(add));
  told.push(plain((await read(ids[0] ?? "")).entries), await last(2));
  told.push((await read(ids.at(-1) ?? "")).entries);
  const upTo = ids[1] ?? "";
  told.push(plain(await redis.xrevrange(KEY, upTo, "-", "COUNT", 1)));
  return told;
}

async function virtually(): Promise<unknown[]> {
  const timeline = new Timeline(1_000_000);
  const redis = new VirtualRedis(timeline, 1);
  const process = new Process("p");
  const connect = (name: string) => redis.connect(process, name, WAIT_MS);
  const links = [connect("one"), connect("other")] as const;
  await timeline.runUntil(timeline.now + 1_000, () => false);
  const told = story(...links);
  await timeline.runUntil(timeline.now + 10_000, () => false);
  return await told;
}

describe("streams of the virtual Redis", redisSuite, () => {
  it("HO11: are read and waited for as those of a real one", async () => {
    await using server = await RedisServer.start();
    const one = await server.connect();
    const other = await server.connect();
    try {
      assert.deepEqual(await virtually(), await story(one, other));
    } finally {
      one.disconnect();
      other.disconnect();
    }
  });
});
