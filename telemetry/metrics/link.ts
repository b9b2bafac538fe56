/**
 * Calls to the sidecar: how long they take, and how they end.
 *
 * @module
 */
import { Counter, Histogram, type Registry } from "prom-client";
import type { Clock } from "../../clock.ts";
import type { Status } from "../../protocol/mod.ts";
import type { SfuLink } from "../../sfu/link.ts";
import { methods, type SfuMethod } from "../../sfu/methods.ts";
import { readGauge } from "./read.ts";

/** Of a series that begins with an event Prometheus sees no increase. */
const FROM_THE_START: readonly ("OK" | Status)[] = [
  "OK",
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
];
const BUCKETS = [
  ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025],
  ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

/** A link that does what this one does, and counts. */
export function meteredLink(
  link: SfuLink,
  registry: Registry,
  clock: Pick<Clock, "now">,
): SfuLink {
  const answered = meterCalls(registry);
  let inFlight = 0;
  readGauge({
    registry,
    name: "holdfast_rpc_in_flight",
    help: "Calls that are not answered yet",
    read: () => inFlight,
  });
  readGauge({
    registry,
    name: "holdfast_sfu_up",
    help: "1 while the link to the sidecar is up",
    read: () => link.state === "up" ? 1 : 0,
  });
  return {
    get state() {
      return link.state;
    },
    call(method, params, options, reply) {
      const calledAt = clock.now();
      inFlight += 1;
      link.call(method, params, options, (answer) => {
        inFlight -= 1;
        const status = answer.ok ? "OK" : answer.status;
        answered(method, status, (clock.now() - calledAt) / 1_000);
        reply(answer);
      });
    },
    subscribe: (routerId, listener) => link.subscribe(routerId, listener),
    onState: (listener) => link.onState(listener),
    close: () => link.close(),
  };
}

type Answered = (method: SfuMethod, status: string, seconds: number) => void;

function meterCalls(registry: Registry): Answered {
  const registers = [registry];
  const latency = new Histogram({
    name: "holdfast_rpc_seconds",
    help: "From a call to its answer",
    labelNames: ["method"],
    buckets: BUCKETS,
    registers,
  });
  const answered = new Counter({
    name: "holdfast_rpc_calls_total",
    help: "Calls that were answered, OK or otherwise",
    labelNames: ["method", "status"],
    registers,
  });
  const names = Object.keys(methods);
  for (const method of names) {
    for (const status of FROM_THE_START) answered.inc({ method, status }, 0);
  }
  const observers = new Map(
    names.map((method) => [method, latency.labels(method)]),
  );
  return (method, status, seconds) => {
    observers.get(method)?.observe(seconds);
    answered.inc({ method, status });
  };
}
