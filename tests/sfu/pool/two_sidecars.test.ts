import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { SfuMethod, SfuParams, SfuResult } from "../../../sfu/methods.ts";
import { openPool } from "../../../sfu/pool/open.ts";
import type { SfuPool } from "../../../sfu/pool/pool.ts";
import { SIDECAR_SECRET, TestSidecar } from "../../support/sidecar.ts";
import { until } from "../../support/until.ts";

const LEASE_MS = 2_000;
const ENV = { SFU_RTC_IP: "127.0.0.1", SFU_LEASE_MS: `${LEASE_MS}` };

describe("two real sidecars", () => {
  /** Two that run, in two regions, and a pool of both. */
  async function stage(region?: string) {
    const open = new AsyncDisposableStack();
    const [eu, us] = await Promise.all([
      TestSidecar.start(ENV),
      TestSidecar.start(ENV),
    ]);
    open.use(eu);
    open.use(us);
    const pool = openPool({
      sidecars: [
        { url: eu.url, region: "eu" },
        { url: us.url, region: "us" },
      ],
      secret: SIDECAR_SECRET,
      region,
      leaseMs: LEASE_MS,
      log: () => {},
    });
    open.defer(() => pool.close());
    await until(
      "both are up",
      () => pool.members.every((one) => one.isUp),
    );
    return {
      eu,
      us,
      pool,
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  }

  it("SF1: have the rooms of their regions", async () => {
    await using there = await stage("us");
    const { pool } = there;
    await call(pool, "createRouter", { label: "room" });
    const [eu, us] = pool.members;
    await until("it says so", () => us?.load.routers === 1, 10_000);
    assert.equal(eu?.load.routers, 0);
  });

  it("SF2, MD9: a room whose sidecar is killed gets a router of the other at once", async () => {
    await using there = await stage("eu");
    const { pool, eu } = there;
    const { routerId } = await call(pool, "createRouter", { label: "room" });
    const lost = Promise.withResolvers<number>();
    pool.subscribe(routerId, ({ event }) => {
      if (event === "routerClosed") lost.resolve(performance.now());
    });
    const killedAt = performance.now();
    eu.kill("SIGKILL");
    const tookMs = await lost.promise - killedAt;
    console.log(`a sidecar was killed: told after ${Math.round(tookMs)} ms`);
    const again = await call(pool, "createRouter", { label: "room" });
    await call(pool, "createWebRtcTransport", { routerId: again.routerId });
    assert.equal(pool.members[0]?.condition, "gone");
    assert.equal(pool.state, "up");
  });

  it("SF3: one that is stopped and goes on within its lease has lost nothing", async () => {
    await using there = await stage("eu");
    const { pool, eu } = there;
    const { routerId } = await call(pool, "createRouter", { label: "room" });
    let isLost = false;
    pool.subscribe(
      routerId,
      ({ event }) => isLost ||= event === "routerClosed",
    );
    eu.kill("SIGSTOP");
    await until("it is slow", () => pool.members[0]?.isSlow, 10_000);
    const other = await call(pool, "createRouter", { label: "other" });
    eu.kill("SIGCONT");
    await until(
      "it is quick again",
      () => !pool.members[0]?.isSlow,
      10_000,
    );
    await call(pool, "createWebRtcTransport", { routerId });
    await call(pool, "createWebRtcTransport", { routerId: other.routerId });
    await until(
      "each has one",
      () => pool.members.every((one) => one.load.routers === 1),
      10_000,
    );
    assert.equal(isLost, false);
  });
});

function call<M extends SfuMethod>(
  pool: SfuPool,
  method: M,
  params: SfuParams<M>,
): Promise<SfuResult<M>> {
  return new Promise((resolve, reject) =>
    pool.call(method, params, { epoch: 1 }, (reply) => {
      if (reply.ok) resolve(reply.result);
      else reject(new Error(`${method}: ${reply.status} ${reply.message}`));
    })
  );
}
