/**
 * How late the event loop is. Deno's `monitorEventLoopDelay` does not see what
 * blocks the loop, so timers tell it.
 *
 * @module
 */
import { Histogram, type Registry } from "prom-client";

/** Seldom enough to cost next to nothing. */
const PROBE_MS = 100;
/** A machine that slept is not told about in full. */
const MAX_MS = 10_000;
const BUCKETS = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
  ...[0.1, 0.25, 0.5, 1, 2.5, 5],
];

/** Measures until it is disposed of. */
export function eventLoopMetric(registry: Registry): Disposable {
  const delays = new Histogram({
    name: "holdfast_event_loop_delay_seconds",
    help: "How late what is due at any time runs",
    buckets: BUCKETS,
    registers: [registry],
  });
  let dueAt = 0;
  const wait = () => {
    dueAt = performance.now() + PROBE_MS;
    return setTimeout(probe, PROBE_MS);
  };
  const probe = () => {
    const now = performance.now();
    // What else would have been due while the loop was blocked was late, too.
    const first = Math.max(dueAt, now - MAX_MS);
    for (let due = first; due <= now; due += PROBE_MS) {
      delays.observe((now - due) / 1_000);
    }
    timer = wait();
  };
  let timer = wait();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
