/** Many random worlds in little time; `deno task fuzz` lives through more. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { readKept } from "./kept.ts";
import { type Plan, planOf } from "./plan.ts";
import { World } from "./world.ts";

const SEEDS = new URL("seeds.json", import.meta.url);
/** Of a test run that shares its processors with others. */
const BUDGET_MS = 4_000;
const MIN_WORLDS = 5;

async function assertWell(plan: Plan): Promise<void> {
  const { failure } = await new World(plan).run();
  if (failure === undefined) return;
  const message = failure instanceof Error ? failure.message : `${failure}`;
  assert.fail(`seed ${plan.seed}: ${message}`);
}

describe("random worlds", () => {
  it("HB2 GR1 GR2 GR3 GR4 RS1 RS2 RS3 RS4 RS5 RS6 RS7 MD1 MD7 MD9 OP2 OP6 OP9 HO1 HO2 HO4 HO5 HO6 HO7 HO8 HO11 HO12 RP1: hold under random faults", async () => {
    const end = performance.now() + BUDGET_MS;
    for (let seed = 1; seed <= MIN_WORLDS || performance.now() < end; seed++) {
      await assertWell(planOf(seed));
    }
  });

  it("GR2 RS1: six people get through an hour of faults and calms", async () => {
    await assertWell(planOf(1, { people: 6, minutes: 60 }));
  });

  it("are the same again for the same seed", async () => {
    const life = async () => {
      const world = new World(planOf(7), { log: true });
      const { journal } = await world.run();
      return journal.tail(Infinity);
    };
    assert.equal(await life(), await life());
  });
});

describe("worlds that went wrong once", () => {
  it("are well", async () => {
    for (const plan of await readKept(SEEDS)) await assertWell(plan);
  });
});
