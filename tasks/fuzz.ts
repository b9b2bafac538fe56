/// <reference lib="dom" />
/**
 * Lives through many virtual worlds, each made of a seed, and looks for one in
 * which a rule of rooms/SPEC.md does not hold:
 *
 *     deno task fuzz [--seeds N] [--from S] [--people N] [--minutes N]
 *         [--processes N] [--rooms N]
 *     deno task fuzz --seed X [--log]
 *
 * A world that fails is made as small as it gets, told, and kept in
 * tests/world/seeds.json, where tests live through it from then on.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Report, Task } from "../tests/world/fuzz_worker.ts";
import { type Plan, planOf, type Scale } from "../tests/world/plan.ts";
import { shrink } from "../tests/world/shrink.ts";
import { keep } from "../tests/world/kept.ts";
import { World } from "../tests/world/world.ts";

const WORKER = new URL("../tests/world/fuzz_worker.ts", import.meta.url);
const SEEDS_FILE = join(
  import.meta.dirname ?? ".",
  "../tests/world/seeds.json",
);
const DEFAULT_SEEDS = 1_000;
/** Lines of the log that are printed of a world that fails. */
const TAIL = 80;
const MS_PER_HOUR = 3_600_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: `${DEFAULT_SEEDS}` },
    from: { type: "string" },
    seed: { type: "string" },
    people: { type: "string" },
    minutes: { type: "string" },
    processes: { type: "string" },
    rooms: { type: "string" },
    log: { type: "boolean", default: false },
  },
});
const scale: Scale = {
  ...(values.people !== undefined && { people: wholeNumber(values.people) }),
  ...(values.minutes !== undefined && { minutes: wholeNumber(values.minutes) }),
  ...(values.processes !== undefined &&
    { processes: wholeNumber(values.processes) }),
  ...(values.rooms !== undefined && { rooms: wholeNumber(values.rooms) }),
};

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new RangeError(`Cannot use ${text} as it is no whole number`);
}

/** The first seed of the range that fails; undefined when none does. */
async function search(
  from: number,
  count: number,
): Promise<number | undefined> {
  const workers = Math.min(navigator.hardwareConcurrency, count);
  const began = performance.now();
  let [lived, steps, done] = [0, 0, 0];
  const failed: Report[] = [];
  const hear = (report: Report) => {
    lived += report.lived;
    steps += report.steps;
    done++;
    if (report.problem !== undefined) failed.push(report);
    return report.problem === undefined;
  };
  await Promise.all(Array.from({ length: workers }, (_, index) => {
    const to = from + count;
    return run({ from: from + index, to, step: workers, scale }, hear);
  }));
  const seconds = (performance.now() - began) / 1_000;
  const hours = lived / MS_PER_HOUR;
  console.log(
    `${done} worlds, ${hours.toFixed(1)} h, ${steps} steps ` +
      `in ${seconds.toFixed(1)} s; ${failed.length} failed`,
  );
  for (const { seed, problem } of failed) {
    console.log(`seed ${seed}: ${problem?.split("\n", 1)[0]}`);
  }
  return failed.sort((a, b) => a.lived - b.lived)[0]?.seed;
}

/** One worker's part of the range, up to the first failure in it. */
function run(task: Task, hear: (report: Report) => boolean): Promise<void> {
  const worker = new Worker(WORKER, { type: "module" });
  const end = Promise.withResolvers<void>();
  let left = Math.ceil((task.to - task.from) / task.step);
  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    left--;
    if (hear(data) && left > 0) return;
    worker.terminate();
    end.resolve();
  };
  worker.onerror = ({ message }) => {
    worker.terminate();
    end.reject(new Error(message));
  };
  worker.postMessage(task);
  return end.promise;
}

/** True when the world of this plan is well. */
async function show(plan: Plan, isWhole: boolean): Promise<boolean> {
  const { failure, failedAt, journal, steps } = await new World(
    plan,
    { log: true },
  ).run();
  console.log(journal.tail(isWhole ? Infinity : TAIL));
  if (failure === undefined) {
    console.log(`seed ${plan.seed}: all was well in ${steps} steps`);
    return true;
  }
  console.log(`seed ${plan.seed} failed after ${failedAt} ms:`);
  console.log(failure instanceof Error ? failure.stack : failure);
  return false;
}

async function report(seed: number): Promise<void> {
  console.log(`\nseed ${seed}: looking for a smaller world that fails`);
  const plan = await shrink(planOf(seed, scale));
  await show(plan, false);
  console.log(`${plan.people} people and ${plan.acts.length} acts are enough:`);
  for (const act of plan.acts) console.log(JSON.stringify(act));
  await keep(SEEDS_FILE, plan);
  console.log(`kept in ${SEEDS_FILE}`);
}

if (values.seed !== undefined) {
  const plan = planOf(wholeNumber(values.seed), scale);
  if (!await show(plan, values.log)) Deno.exit(1);
} else {
  const from = wholeNumber(values.from ?? `${Date.now() % 1_000_000_000}`);
  const count = wholeNumber(values.seeds);
  console.log(`seeds ${from} to ${from + count - 1}`);
  const seed = await search(from, count);
  if (seed !== undefined) {
    await report(seed);
    Deno.exit(1);
  }
}
