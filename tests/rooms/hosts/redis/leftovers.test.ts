/** Routers that are left where a room has gone on, or been lost, elsewhere. */
import { beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Leftovers } from "../../../../rooms/hosts/redis/leftovers.ts";
import { VirtualClock } from "../../fakes/clock.ts";
import { FakeLink } from "../../fakes/link.ts";

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

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(1_000);
      for (let turn = 0; turn < 5; turn++) await null;
    }
  }

  it("are closed under the epoch that they had when nobody has claimed them in 30 s", async () => {
    await pass(29_000);
    assert.deepEqual(link.methods, []);
    await pass(2_000);
    const [sent] = link.sent;
    assert.equal(sent?.method, "closeRouter");
    assert.deepEqual(sent.params, { routerId: "r" });
    assert.equal(sent.options.epoch, 7);
    assert.deepEqual([link.heard, clock.timers], [[], 0]);
  });

  it("are let be when somebody claims them", async () => {
    const params = { routerId: "r", cause: "fenced" } as const;
    link.emit({ event: "routerClosed", params });
    await pass(60_000);
    assert.deepEqual(link.methods, []);
    assert.equal(clock.timers, 0);
  });

  it("wait while Redis is away: nobody can take their rooms up", async () => {
    isAway = true;
    await pass(120_000);
    assert.deepEqual(link.methods, []);
    isAway = false;
    await pass(31_000);
    assert.deepEqual(link.methods, ["closeRouter"]);
  });

  it("are the sidecar's to close when the process ends", async () => {
    leftovers.close();
    await pass(60_000);
    assert.deepEqual([link.methods, link.heard, clock.timers], [[], [], 0]);
  });
});
