import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { AnnouncementHub } from "../../rooms/announcements.ts";
import { createMetrics } from "../../telemetry/metrics/metrics.ts";
import { VirtualClock } from "../rooms/fakes/clock.ts";
import { FakeLink } from "../rooms/fakes/link.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { within } from "../support/within.ts";
import { Exposition } from "./exposition.ts";

function world() {
  const clock = new VirtualClock();
  const link = new FakeLink();
  const { log } = keepingLog();
  const hub = new AnnouncementHub({ clock, log });
  const metrics = createMetrics({ link, hub, clock });
  const scrape = async () => new Exposition((await metrics.scrape()).text);
  return { clock, link, metrics, scrape };
}

const status = {
  mediasoup: "3",
  workers: [
    { pid: 11, routers: 1, transports: 2, consumers: 3, load: 0.5 },
    { pid: 12, routers: 0, transports: 0, consumers: 0, load: 0 },
  ],
  routers: 1,
};

describe("a scrape", () => {
  it("shows each worker as the sidecar tells it", async () => {
    const { link, metrics, scrape } = world();
    using _ = metrics;
    const scraped = scrape();
    link.answer("getStatus", status);
    const metricsOf = await scraped;
    assert.equal(metricsOf.value("holdfast_sfu_workers"), 2);
    const load = metricsOf.value("holdfast_sfu_worker_load", { pid: "11" });
    assert.equal(load, 0.5);
  });

  it("tells workers of two sidecars apart, though they have one process id", async () => {
    const { link, metrics, scrape } = world();
    using _ = metrics;
    const scraped = scrape();
    const worker = { pid: 7, routers: 1, transports: 0, consumers: 0, load: 0 };
    const sidecars = ["tls://a:4000", "tls://b:4000"];
    const workers = sidecars.map((sidecar) => ({ ...worker, sidecar }));
    link.answer("getStatus", { ...status, workers });
    const metricsOf = await scraped;
    for (const sidecar of sidecars) {
      const labels = { sidecar, pid: "7" };
      assert.equal(metricsOf.value("holdfast_sfu_worker_routers", labels), 1);
    }
  });

  it("asks in time to hear those sidecars that do answer", async () => {
    const { link, metrics, scrape } = world();
    using _ = metrics;
    const scraped = scrape();
    const [asked] = link.sent;
    assert.ok((asked?.options.deadlineMs ?? Infinity) < 300);
    link.answer("getStatus", status);
    await scraped;
  });

  it("does not wait for a sidecar that hangs, and shows nothing old of it", async () => {
    const { clock, link, metrics, scrape } = world();
    using _ = metrics;
    const first = scrape();
    link.answer("getStatus", status);
    await first;
    const second = scrape();
    clock.advance(300);
    const metricsOf = await within("the scrape", second, 1_000);
    assert.equal(metricsOf.value("holdfast_sfu_workers"), 0);
    const loads = metricsOf.samples.filter(({ name }) =>
      name === "holdfast_sfu_worker_load"
    );
    assert.deepEqual(loads, []);
    assert.equal(clock.timers, 0);
  });

  it("does not ask a sidecar that is away", async () => {
    const { link, metrics, scrape } = world();
    using _ = metrics;
    link.state = "down";
    const metricsOf = await scrape();
    assert.equal(metricsOf.value("holdfast_sfu_up"), 0);
    assert.deepEqual(link.methods, []);
  });

  it("asks once for all who scrape at the same time", async () => {
    const { link, metrics, scrape } = world();
    using _ = metrics;
    const all = [scrape(), scrape(), scrape()];
    link.answer("getStatus", status);
    for (const one of await Promise.all(all)) {
      assert.equal(one.value("holdfast_sfu_workers"), 2);
    }
    assert.deepEqual(link.methods, ["getStatus"]);
  });
});
