import type { Act, Plan } from "./plan.ts";
import { World } from "./world.ts";

/** Runs at most; each takes about as long as the world that failed. */
const MAX_RUNS = 400;

/**
 * The shortest plan found in which the same goes wrong. What is left out may
 * change what follows, so that it is a try, and not always a success.
 */
export async function shrink(plan: Plan): Promise<Plan> {
  const { failure, failedAt = plan.length } = await new World(plan).run();
  return await new Shrinker(until(plan, failedAt), kindOf(failure)).shrink();
}

class Shrinker {
  #plan: Plan;
  #runs = 0;
  readonly #kind: string;

  constructor(plan: Plan, kind: string) {
    this.#plan = plan;
    this.#kind = kind;
  }

  async shrink(): Promise<Plan> {
    for (let size = this.#plan.acts.length; size >= 1; size = size >> 1) {
      await this.#dropActs(size);
    }
    while (this.#plan.people > 1 && await this.#dropLast());
    await this.#dropActs(1);
    return this.#plan;
  }

  /** Leaves out as many neighbours as it can. */
  async #dropActs(size: number): Promise<void> {
    const { acts } = this.#plan;
    for (let start = acts.length - size; start > -size; start -= size) {
      const end = start + size;
      const from = Math.max(0, start);
      const rest = this.#plan.acts.filter((_, index) =>
        index < from || index >= end
      );
      await this.#try({ ...this.#plan, acts: rest });
    }
  }

  #dropLast(): Promise<boolean> {
    const people = this.#plan.people - 1;
    const acts = this.#plan.acts.filter((act) => !isAbout(act, people));
    return this.#try({ ...this.#plan, acts, people });
  }

  async #try(plan: Plan): Promise<boolean> {
    if (this.#runs >= MAX_RUNS) return false;
    this.#runs++;
    const { failure, failedAt = plan.length } = await new World(plan).run();
    if (failure === undefined || kindOf(failure) !== this.#kind) return false;
    this.#plan = until(plan, failedAt);
    return true;
  }
}

/** What comes after the failure has no part in it. */
const until = (plan: Plan, failedAt: number): Plan => ({
  ...plan,
  length: failedAt + 1,
  calms: plan.calms.filter((at) => at <= failedAt),
  acts: plan.acts.filter(({ at }) => at <= failedAt),
});

const isAbout = (act: Act, who: number): boolean =>
  "who" in act && act.who === who;

/** What went wrong, whoever it happened to. */
function kindOf(failure: unknown): string {
  const message = failure instanceof Error ? failure.message : `${failure}`;
  return message.split("\n", 1).join("").replaceAll(/\d+/g, "N");
}
