/** What is asked of a room while it goes from one process to another. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../../../support/eventually.ts";
import { Person } from "../person.ts";
import { redisSuite } from "./server.ts";
import { openRedisStage, type RedisProcess, type RedisStage } from "./stage.ts";

describe("a room that moves", redisSuite, () => {
  let stage: RedisStage;

  beforeEach(async () => void (stage = await openRedisStage()));
  afterEach(async () => await stage[Symbol.asyncDispose]());

  it("OP1: does what operators ask meanwhile, through any process, and what was said to be done is done", async () => {
    const [first, second] = [await stage.start(), await stage.start()];
    await Person.join(first, "ann", "r");
    const banned: string[] = [];
    let isMoving = true;
    const asking = [first, second].map(async ({ host }, which) => {
      for (let number = 0; isMoving; number += 1) {
        const identity = `${which}-${number}`;
        const ban = { type: "ban", identity, banMs: 60_000 } as const;
        assert.deepEqual(await host.command("r", ban), { type: "done" });
        banned.push(identity);
      }
    });
    const asked = Promise.all(asking);
    for (const [from, to] of [[first, second], [second, first]] as const) {
      from.host.drain();
      await takesUp(to);
      from.host.undrain();
    }
    isMoving = false;
    await asked;
    const outcome = await second.host.command("r", { type: "describe" });
    assert.ok(outcome.type === "room");
    assert.deepEqual(
      outcome.room.bans.map(({ identity }) => identity).sort(),
      banned.sort(),
    );
  });
});

const takesUp = ({ lines }: RedisProcess) =>
  eventually(() =>
    assert.ok(lines.some(({ message }) => message === "room taken up"))
  );
