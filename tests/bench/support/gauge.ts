/**
 * Preloaded into servers that are measured: at each `SIGUSR2` it says what they
 * use, as one line of JSON. Needs `--v8-flags=--expose-gc`.
 *
 * @module
 */
import process from "node:process";

export type Usage = {
  /**
   * Milliseconds on all threads, in the process and in the system for it, but
   * for what the gauge took itself.
   */
  readonly cpuMs: number;
  /** Bytes, once what is garbage has been collected. */
  readonly rss: number;
  readonly heapUsed: number;
};

declare global {
  var gc: () => void;
}

let ownMs = 0;

Deno.addSignalListener("SIGUSR2", () => {
  const startMs = cpuMs();
  gc();
  const { rss, heapUsed } = Deno.memoryUsage();
  const usage: Usage = { cpuMs: startMs - ownMs, rss, heapUsed };
  console.log(JSON.stringify(usage));
  ownMs += cpuMs() - startMs;
});

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
