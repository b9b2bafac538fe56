/** A process that sleeps past its leases, and wakes when others have its rooms. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { save } from "../../../rooms/hosts/redis/scripts.ts";
import { delay } from "../../support/delay.ts";
import { eventually } from "../../support/eventually.ts";
import type { Client } from "../support/client.ts";
import { type Cluster, HERE, LEASE_MS } from "./cluster.ts";
import { chaosSuite, Theatre } from "./scene.ts";

/** For all that it might want to do when it wakes. */
const AWAKE_MS = 1_500;
/** What was not kept when it fell asleep (HO2). */
const UNKEPT = { beforeMs: 300, afterMs: 50 };
const SAVE = createHash("sha1").update(save).digest("hex");

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

  it(
    "HO8: is another's, and what the owner had under way when it fell asleep is refused",
    theatre.test(async ({ cluster, call }) => {
      const owner = cluster.program(0);
      const [ann, bob] = call.senders;
      await ann.client.publishScreen();
      await bob.client.sees("ann", "screen");

      const from = Date.now();
      for (const way of cluster.ways) way.hold();
      await mute(ann.client, true);
      await eventually(() => assert.match(heldBy(cluster), /pauseProducer/));
      await eventually(() => assert.ok(heldBy(cluster).includes(SAVE)));
      owner.kill("SIGSTOP");
      const asleepMs = Date.now() - from;
      const to = await call.isNormal(from + asleepMs);
      await mute(ann.client, false);
      await bob.client.sees("ann", "screen");
      assert.equal(await refusals(cluster), "none");

      for (const way of cluster.ways) way.release();
      await eventually(async () =>
        assert.equal(await refusals(cluster), "by both")
      );
      owner.kill("SIGCONT");
      await eventually(async () =>
        assert.ok(await wasToldSo(cluster.origin(0)))
      );
      await delay(AWAKE_MS);
      await bob.client.sees("ann", "screen");
      await call.account("SIGSTOP with calls and writes under way", {
        from,
        to,
      }, {
        mayLose: { ...UNKEPT, afterMs: asleepMs + UNKEPT.afterMs },
      });
    }, () => ({ ...HERE, isRelayed: true })),
  );
});

const heldBy = ({ ways }: Cluster) => ways.map(({ held }) => held).join();

/** Asked for, and not waited for. */
function mute({ room }: Client, isMuted: boolean): Promise<void> {
  return room.evaluate(({ localParticipant }, isMuted) => {
    const screen = localParticipant.publications.get("screen");
    void (isMuted ? screen?.mute() : screen?.unmute());
  }, isMuted);
}

/** Of what came with an epoch of the past. */
async function refusals({ sidecars, redis }: Cluster) {
  const bySidecars = sidecars.some(({ fenced }) => fenced > 0);
  const byRedis = await redis.fenced() > 0;
  if (bySidecars && byRedis) return "by both";
  return bySidecars ? "by a sidecar" : byRedis ? "by Redis" : "none";
}

/** Whether a sidecar's refusal has reached it. */
async function wasToldSo(origin: string): Promise<boolean> {
  const response = await fetch(`${origin}/metrics`);
  return (await response.text()).split("\n").some((line) =>
    /^holdfast_rpc_calls_total\{.*pauseProducer.*FAILED_PRECONDITION/.test(line)
  );
}
