/**
 * The load of the mediasoup workers, as the sidecar tells it when it is asked.
 *
 * @module
 */
import { Gauge, type Registry } from "prom-client";
import type { Clock } from "../../clock.ts";
import type { SfuLink } from "../../sfu/link.ts";
import type { SfuResult } from "../../sfu/methods.ts";

/** Milliseconds that a scrape waits for it at most. */
const DEADLINE_MS = 300;
/** Less, so that of several sidecars those that do answer are heard. */
const CALL_DEADLINE_MS = 250;

type Status = SfuResult<"getStatus">;

/** Gives a function that asks, in time for a scrape; it never fails. */
export function workerMetrics(
  registry: Registry,
  link: SfuLink,
  clock: Clock,
): () => Promise<void> {
  const show = workerGauges(registry);
  let asking: Promise<Status | undefined> | undefined;
  return async () => {
    asking ??= ask(link, clock).finally(() => asking = undefined);
    show(await asking);
  };
}

/** Undefined: it did not answer in time. What is old would be no load of now. */
function ask(link: SfuLink, clock: Clock): Promise<Status | undefined> {
  const { promise, resolve } = Promise.withResolvers<Status | undefined>();
  if (link.state !== "up") return Promise.resolve(undefined);
  const cancel = clock.after(DEADLINE_MS, () => resolve(undefined));
  link.call("getStatus", {}, { deadlineMs: CALL_DEADLINE_MS }, (reply) => {
    resolve(reply.ok ? reply.result : undefined);
  });
  return promise.finally(cancel);
}

function workerGauges(
  registry: Registry,
): (status: Status | undefined) => void {
  const registers = [registry];
  const count = new Gauge({
    name: "holdfast_sfu_workers",
    help: "mediasoup workers that run",
    registers,
  });
  const gauge = (what: string, help: string) =>
    new Gauge({
      name: `holdfast_sfu_worker_${what}`,
      help,
      labelNames: ["sidecar", "pid"] as const,
      registers,
    });
  const gauges = {
    load: gauge("load", "Of one core, 0 to 1"),
    routers: gauge("routers", "Routers of a worker"),
    transports: gauge("transports", "Transports of a worker"),
    consumers: gauge("consumers", "Consumers of a worker"),
  };
  return (status) => {
    count.reset();
    for (const gauge of Object.values(gauges)) gauge.reset();
    if (status === undefined) return;
    count.set(status.workers.length);
    for (const { sidecar = "", pid, ...worker } of status.workers) {
      const labels = { sidecar, pid };
      gauges.load.set(labels, worker.load);
      gauges.routers.set(labels, worker.routers);
      gauges.transports.set(labels, worker.transports);
      gauges.consumers.set(labels, worker.consumers);
    }
  };
}
