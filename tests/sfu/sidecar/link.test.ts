import assert from "node:assert/strict";
import process from "node:process";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { resolveNode } from "../../../sfu/node.ts";
import { createLog } from "../../../sfu/sidecar/log.ts";
import { type SpawnedSidecar, spawnSidecar } from "../../../sfu/spawn/spawn.ts";
import { until } from "../../support/until.ts";
import { Linked } from "../_linked.ts";
import { Browser } from "./_browser.ts";
import { vp8Simulcast } from "./_media.ts";
import { rejectsWith } from "./_status.ts";
import { workerBin } from "./_worker.ts";

describe("a sidecar at the end of a link", () => {
  let sidecar: SpawnedSidecar;
  /** Without it the sidecar would end by itself in a slow pause between tests. */
  let somebody: Linked;

  beforeAll(async () => {
    sidecar = await spawnSidecar({
      nodeBin: (await resolveNode()).bin,
      workerBin: await workerBin(),
      env: {
        SFU_WORKERS: "2",
        SFU_RTC_IP: "127.0.0.1",
        SFU_LEASE_MS: "800",
      },
      log: createLog("error", () => {}),
    });
    somebody = new Linked(sidecar);
    await somebody.up(1);
  });
  afterAll(() => {
    somebody.link.close();
    return sidecar.stop();
  });

  async function routers(linked: Linked): Promise<number> {
    return (await linked.call("getStatus", {})).routers;
  }

  it("carries a call from one browser to another", async () => {
    using linked = new Linked(sidecar);
    await using browser = await Browser.start(await workerBin());
    const { routerId, rtpCapabilities } = await linked.createRouter();
    const open = async () => {
      const info = await linked.call("createWebRtcTransport", { routerId });
      const { transportId } = info;
      const { own } = await browser.open(
        info,
        (dtlsParameters) =>
          linked.call("connectWebRtcTransport", {
            routerId,
            transportId,
            dtlsParameters,
          }),
      );
      return { own, transportId };
    };
    const [alice, bob] = [await open(), await open()];
    for (const { transportId } of [alice, bob]) {
      await linked.owner.heard("transportState", {
        transportId,
        dtls: "connected",
      });
    }
    const { producerId } = await linked.call("produce", {
      routerId,
      transportId: alice.transportId,
      kind: "audio",
      rtpParameters: await browser.speak(alice.own, -30),
      paused: false,
    });
    const consumed = await linked.call("consume", {
      routerId,
      transportId: bob.transportId,
      producerId,
      rtpCapabilities,
      paused: true,
    });
    const heard = await browser.listen(bob.own, consumed);
    const { consumerId } = consumed;
    await linked.call("resumeConsumer", { routerId, consumerId });
    await until("Bob hears Alice", () => heard.packets > 5);
    await linked.owner.heard("activeSpeaker", { producerId });
    await linked.call("closeRouter", { routerId });
    assert.equal(await routers(linked), 0);
  });

  it("takes simulcast, layers, priority and key frame requests", async () => {
    using linked = new Linked(sidecar);
    const { routerId, rtpCapabilities } = await linked.createRouter();
    const { transportId } = await linked.call("createWebRtcTransport", {
      routerId,
      maxIncomingBitrate: 1_500_000,
      maxOutgoingBitrate: 3_000_000,
    });
    const { producerId, type } = await linked.call("produce", {
      routerId,
      transportId,
      kind: "video",
      rtpParameters: vp8Simulcast(),
      paused: false,
    });
    assert.equal(type, "simulcast");
    const consumed = await linked.call("consume", {
      routerId,
      transportId,
      producerId,
      rtpCapabilities,
      paused: false,
      preferredLayers: { spatialLayer: 1, temporalLayer: 2 },
    });
    assert.equal(consumed.type, "simulcast");
    const consumer = { routerId, consumerId: consumed.consumerId };
    await linked.call("setConsumerPreferredLayers", {
      ...consumer,
      layers: { spatialLayer: 0 },
    });
    await linked.call("setConsumerPriority", { ...consumer, priority: 255 });
    await linked.call("requestConsumerKeyFrame", consumer);
    const { stats } = await linked.call("getTransportStats", {
      routerId,
      transportId,
    });
    assert.equal(stats[0]?.maxIncomingBitrate, 1_500_000);
    assert.equal(stats[0]?.maxOutgoingBitrate, 3_000_000);
    await linked.call("closeRouter", { routerId });
  });

  it("answers an unknown id with NOT_FOUND", async () => {
    using linked = new Linked(sidecar);
    await rejectsWith(
      "NOT_FOUND",
      /no router nowhere/,
      linked.call("dumpRouter", { routerId: "nowhere" }),
    );
  });

  it("tells the owner of a dead worker's router, and has another worker soon", async () => {
    using linked = new Linked(sidecar);
    const { routerId } = await linked.createRouter();
    const { workers } = await linked.call("getStatus", {});
    const busy = workers.find((worker) => worker.routers > 0);
    process.kill(busy?.pid ?? 0, "SIGKILL");
    await linked.owner.heard("routerClosed", { routerId, cause: "workerDied" });
    await until("there are two workers again", async () => {
      const now = await linked.call("getStatus", {});
      return now.workers.length === 2 &&
        now.workers.every(({ pid }) => pid !== busy?.pid);
    });
  });

  it("fences who lost a router to a newer epoch, and keeps its media", async () => {
    using former = new Linked(sidecar);
    using claimer = new Linked(sidecar);
    const { routerId } = await former.createRouter();
    await former.call("createWebRtcTransport", { routerId });
    const before = await former.call("dumpRouter", { routerId });
    claimer.hear(routerId);
    const claimed = await claimer.call("claimRouter", { routerId }, {
      epoch: 2,
    });
    assert.deepEqual(claimed, before);
    await former.owner.heard("routerClosed", { routerId, cause: "fenced" });
    await rejectsWith(
      "FAILED_PRECONDITION",
      /^fenced/,
      former.call("dumpRouter", { routerId }),
    );
    await claimer.call("closeRouter", { routerId }, { epoch: 2 });
  });

  it("keeps a silent owner's routers for the lease, for another to claim", async () => {
    const former = new Linked(sidecar);
    const { routerId } = await former.createRouter();
    await former.call("createWebRtcTransport", { routerId });
    const left = await former.createRouter();
    using claimer = new Linked(sidecar);
    await claimer.up(1);

    former.link.close();
    const claimed = await claimer.call("claimRouter", { routerId }, {
      epoch: 2,
    });
    assert.equal(claimed.transports.length, 1);
    await until(
      "what nobody claimed is closed",
      async () => await routers(claimer) === 1,
    );
    await rejectsWith(
      "NOT_FOUND",
      /no router/,
      claimer.call("claimRouter", { routerId: left.routerId }, { epoch: 2 }),
    );
    await claimer.call("dumpRouter", { routerId }, { epoch: 2 });
    await claimer.call("closeRouter", { routerId }, { epoch: 2 });
  });

  it("leaves nothing behind of calls whose deadline passed", async () => {
    using linked = new Linked(sidecar);
    const { routerId } = await linked.createRouter();
    const before = await linked.call("dumpRouter", { routerId });
    const { workers } = await linked.call("getStatus", {});
    const pid = workers.find((worker) => worker.routers > 0)?.pid ?? 0;
    process.kill(pid, "SIGSTOP");
    const late = Array.from(
      { length: 5 },
      () =>
        linked.call("createWebRtcTransport", { routerId }, {
          epoch: 1,
          deadlineMs: 50,
        }),
    );
    const answers = await Promise.allSettled(late);
    process.kill(pid, "SIGCONT");
    for (const answer of answers) {
      assert.equal(answer.status, "rejected");
      assert.equal(answer.reason.status, "DEADLINE_EXCEEDED");
    }
    await until("all is closed again", async () => {
      const now = await linked.call("getStatus", {});
      return now.workers.every(({ transports }) => transports === 0);
    });
    assert.deepEqual(await linked.call("dumpRouter", { routerId }), before);
    await linked.call("closeRouter", { routerId });
  });

  it("tells nothing of a router after the reply that closed it", async () => {
    using linked = new Linked(sidecar);
    const { routerId } = await linked.createRouter();
    await linked.call("createWebRtcTransport", { routerId });
    await linked.call("closeRouter", { routerId });
    await linked.call("getStatus", {});
    assert.deepEqual(linked.owner.events, []);
  });
});
