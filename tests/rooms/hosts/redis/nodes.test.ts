import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { NodeList } from "../../../../rooms/hosts/redis/nodes.ts";
import { delay } from "../../../support/delay.ts";
import { RedisServer, redisSuite } from "./server.ts";

describe("processes in Redis", redisSuite, () => {
  it("are known as long as they say so", async () => {
    await using server = await RedisServer.start();
    await server.ask(async (redis) => {
      const [a, b] = [
        new NodeList(redis, "t", "a"),
        new NodeList(redis, "t", "b"),
      ];
      const open = { state: "open", rooms: 2, isFull: false } as const;
      await a.sayHello(open, 10_000);
      await b.sayHello({ ...open, rooms: 3 }, 100);
      assert.deepEqual([...await a.all()].sort(), [
        ["a", open],
        ["b", { ...open, rooms: 3 }],
      ]);
      await delay(200);
      assert.deepEqual([...(await a.all()).keys()], ["a"]);
      await a.leave();
      assert.equal((await b.all()).size, 0);
    });
  });
});
