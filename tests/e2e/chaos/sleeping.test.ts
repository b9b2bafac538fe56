/** A process that sleeps past its leases, and wakes when others have its rooms. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { delay } from "../../support/delay.ts";
import { eventually } from "../../support/eventually.ts";
import { LEASE_MS } from "./cluster.ts";
import { chaosSuite, Theatre } from "./scene.ts";

/** For all that it might want to do when it wakes. */
const AWAKE_MS = 1_500;
/** What was not kept when it fell asleep (HO2). */
const UNKEPT = { beforeMs: 300, afterMs: 50 };

describe("a call whose owner is asleep", chaosSuite, () => {
  const theatre = new Theatre();

  it(
    "HO8: is another's when it wakes, and it can do nothing to it",
    theatre.test(async ({ cluster, call }) => {
      const owner = cluster.program(0);
      const from = Date.now();
      owner.kill("SIGSTOP");
      await delay(LEASE_MS + 500);
      const to = await call.isNormal(from);
      owner.kill("SIGCONT");
      await eventually(() =>
        assert.match(owner.stderr, /lease (ran out|lost)/)
      );
      await delay(AWAKE_MS);
      await call.account("SIGSTOP of the owner past its lease", { from, to }, {
        mayLose: UNKEPT,
      });
    }),
  );
});
