/** Routers that are left where a room has gone on, or been lost, elsewhere. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Leftovers } from "../../../../rooms/hosts/redis/leftovers.ts";
import type { LinkReply } from "../../../../sfu/link.ts";
import { VirtualClock } from "../../fakes/clock.ts";
import { until } from "../../../support/until.ts";
import { holdings, Two } from "../../../sfu/pool/_two.ts";
import { FakeLink } from "../../fakes/link.ts";

async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    clock.advance(1_000);
    for (let turn = 0; turn < 5; turn++) await null;
  }
}

describe("HO8: routers of rooms that are let go of", () => {
  let clock: VirtualClock;
  let link: FakeLink;
  let isAway: boolean;
  let leftovers: Leftovers;

  beforeEach(() => {
    clock = new VirtualClock();
    link = new FakeLink();
    isAway = false;
    leftovers = new Leftovers({
      link,
      clock,
      ask: () => isAway ? Promise.reject(new Error("away")) : Promise.resolve(),
    });
    leftovers.add("r", 7);
  });

  it("are closed under the epoch that they had when nobody has claimed them in 30 s", async () => {
    await pass(clock, 29_000);
    assert.deepEqual(link.methods, []);
    await pass(clock, 2_000);
    const [sent] = link.sent;
    assert.equal(sent?.method, "closeRouter");
    assert.deepEqual(sent.params, { routerId: "r" });
    assert.equal(sent.options.epoch, 7);
    assert.deepEqual([link.heard, clock.timers], [[], 0]);
  });

  it("are let be when somebody claims them", async () => {
    const params = { routerId: "r", cause: "fenced" } as const;
    link.emit({ event: "routerClosed", params });
    await pass(clock, 60_000);
    assert.deepEqual(link.methods, []);
    assert.equal(clock.timers, 0);
  });

  it("wait while Redis is away: nobody can take their rooms up", async () => {
    isAway = true;
    await pass(clock, 120_000);
    assert.deepEqual(link.methods, []);
    isAway = false;
    await pass(clock, 31_000);
    assert.deepEqual(link.methods, ["closeRouter"]);
  });

  it("are the sidecar's to close when the process ends", async () => {
    leftovers.close();
    await pass(clock, 60_000);
    assert.deepEqual([link.methods, link.heard, clock.timers], [[], [], 0]);
  });
});

describe("HO8: a router of a room that is let go of, over two sidecars", () => {
  let there: Two;
  let clock: VirtualClock;
  let leftovers: Leftovers;

  beforeEach(async () => {
    there = await Two.start();
    const { process } = there;
    const { carol, voice } = await there.outgrow();
    await there.hear(carol, voice);
    clock = new VirtualClock();
    const ask = () => Promise.resolve();
    leftovers = new Leftovers({ link: process.pool, clock, ask });
    leftovers.add(process.routerId, process.epoch);
  });
  afterEach(async () => await there[Symbol.asyncDispose]());

  it("is closed in both when nobody has claimed it in 30 s", async () => {
    await pass(clock, 31_000);
    for (const member of there.process.pool.members) {
      await until("nothing is left there", async () => {
        const { routers, transports, consumers } = await holdings(member);
        return routers + transports + consumers === 0;
      });
    }
  });

  it("goes on when the process that let go of it has claimed it again", async () => {
    const { pool, routerId, epoch } = there.process;
    const later = { epoch: epoch + 1 };
    const claimed = Promise.withResolvers<LinkReply<"claimRouter">>();
    pool.call("claimRouter", { routerId }, later, claimed.resolve);
    assert.ok((await claimed.promise).ok);
    await pass(clock, 31_000);
    const dumped = Promise.withResolvers<LinkReply<"dumpRouter">>();
    pool.call("dumpRouter", { routerId }, later, dumped.resolve);
    assert.deepEqual(await dumped.promise, await claimed.promise);
  });
});
