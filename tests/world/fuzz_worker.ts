/** Runs every n-th seed of a range, and says what came of each. */
import { planOf, type Scale } from "./plan.ts";
import { World } from "./world.ts";

export type Task = {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly step: number;
  readonly scale: Scale;
};

export type Report = {
  readonly seed: number;
  /** Milliseconds of virtual time. */
  readonly lived: number;
  readonly steps: number;
  /** Undefined: all was well. */
  readonly problem: string | undefined;
};

self.onmessage = async ({ data }: MessageEvent<Task>) => {
  const { from, to, step, scale } = data;
  for (let seed = from; seed < to; seed += step) {
    const plan = planOf(seed, scale);
    const { failure, failedAt, steps } = await new World(plan).run();
    const report: Report = {
      seed,
      lived: failedAt ?? plan.length,
      steps,
      problem: failure instanceof Error ? failure.message : undefined,
    };
    self.postMessage(report);
  }
  self.close();
};
