/** Redis goes, and comes back, in a call. */
import { describe, it } from "@std/testing/bdd";
import { delay } from "../../support/delay.ts";
import { LEASE_MS } from "./cluster.ts";
import { chaosSuite, Theatre } from "./scene.ts";

describe("a call over three processes, without Redis", chaosSuite, () => {
  const theatre = new Theatre();

  it(
    "HO10: goes on when Redis is restarted",
    theatre.test(async ({ cluster, call }) => {
      const from = Date.now();
      await cluster.redis.stop("SIGKILL");
      await cluster.redis.start();
      const to = await call.isNormal(from);
      await call.account("Redis restarted", { from, to });
    }),
  );

  it(
    "HO10: goes on when Redis fails over to its replica",
    theatre.test(async ({ cluster, call }) => {
      const replica = await cluster.redis.follow();
      const from = Date.now();
      await cluster.redis.failOver(replica);
      const to = await call.isNormal(from);
      await call.account("Redis failed over to a replica", { from, to });
    }),
  );

  it(
    "HO10: goes on when Redis was away for longer than the leases",
    theatre.test(async ({ cluster, call }) => {
      const from = Date.now();
      await cluster.redis.stop("SIGTERM");
      await delay(LEASE_MS + 1_000);
      await cluster.redis.start();
      const to = await call.isNormal(from);
      // Until it stops, the owner goes on for those who are with it.
      await call.account(
        `Redis away for ${LEASE_MS + 1_000} ms`,
        { from, to },
        {
          mayLose: { beforeMs: 300, afterMs: LEASE_MS },
        },
      );
    }),
  );
});
