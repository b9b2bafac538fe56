/**
 * The process: CPU, memory, files, and how late its event loop is. Named as
 * Prometheus names them everywhere; the rest of what is usual does not work
 * under Deno.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import process from "node:process";
import { Counter, Gauge, type Registry } from "prom-client";

const EVENT_LOOP_RESOLUTION_MS = 10;
const NS = 1e9;
const US = 1e6;

/** Measures until it is disposed of. */
export function processMetrics(registry: Registry): Disposable {
  const registers = [registry];
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process began, in seconds since 1970",
    registers,
  }).set(performance.timeOrigin / 1_000);
  new Counter({
    name: "process_cpu_seconds_total",
    help: "CPU time that the process has used",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / US);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the process",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: "holdfast_heap_bytes",
    help: "Memory of the JavaScript heap that is in use",
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({
    name: "process_open_fds",
    help: "Open files and sockets; only where the system tells",
    registers,
    async collect() {
      const open = await readdir("/proc/self/fd").catch(() => undefined);
      if (open !== undefined) this.set(open.length);
    },
  });
  return eventLoopMetric(registry);
}

function eventLoopMetric(registry: Registry): Disposable {
  const delays = monitorEventLoopDelay({
    resolution: EVENT_LOOP_RESOLUTION_MS,
  });
  delays.enable();
  new Gauge({
    name: "holdfast_event_loop_delay_seconds",
    help: "How late the event loop was since the last scrape",
    labelNames: ["quantile"] as const,
    registers: [registry],
    collect() {
      this.set({ quantile: "0.5" }, delays.percentile(50) / NS);
      this.set({ quantile: "0.99" }, delays.percentile(99) / NS);
      this.set({ quantile: "1" }, delays.max / NS);
      delays.reset();
    },
  });
  return { [Symbol.dispose]: () => void delays.disable() };
}
