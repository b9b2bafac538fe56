/**
 * The process: CPU, memory, files, and how late its event loop is. Named as
 * Prometheus names them everywhere, where it does.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import process from "node:process";
import { Gauge, type Registry } from "prom-client";
import { eventLoopMetric } from "./event_loop.ts";
import { readCounter, readGauge } from "./read.ts";

const OPEN_FILES = "/proc/self/fd";
const US = 1e6;

/** Measures until it is disposed of. */
export function processMetrics(registry: Registry): Disposable {
  const registers = [registry];
  new Gauge({
    name: "process_start_time_seconds",
    help: "When the process began, in seconds since 1970",
    registers,
  }).set(performance.timeOrigin / 1_000);
  readCounter({
    registry,
    name: "process_cpu_seconds_total",
    help: "CPU time that the process has used",
    read() {
      const { user, system } = process.cpuUsage();
      return (user + system) / US;
    },
  });
  readGauge({
    registry,
    name: "process_resident_memory_bytes",
    help: "Memory of the process",
    read: () => process.memoryUsage.rss(),
  });
  readGauge({
    registry,
    name: "holdfast_heap_bytes",
    help: "Memory of the JavaScript heap that is in use",
    read: () => process.memoryUsage().heapUsed,
  });
  new Gauge({
    name: "process_open_fds",
    help: "Open files and sockets; only where the system tells",
    registers,
    async collect() {
      const open = await countOpenFiles().catch(() => undefined);
      if (open !== undefined) this.set(open);
    },
  });
  return eventLoopMetric(registry);
}

/** Linux counts them from 6.2 on; to list thousands takes many milliseconds. */
async function countOpenFiles(): Promise<number> {
  const { size } = await stat(OPEN_FILES);
  return size > 0 ? size : (await readdir(OPEN_FILES)).length;
}
