/** Worlds in which something was wrong once: they are lived through forever. */
import type { Plan } from "./plan.ts";

export async function readKept(file: string | URL): Promise<Plan[]> {
  return JSON.parse(await Deno.readTextFile(file));
}

/** Adds a world; one of the same seed makes place for it. */
export async function keep(file: string | URL, plan: Plan): Promise<void> {
  const others = (await readKept(file)).filter(({ seed }) =>
    seed !== plan.seed
  );
  const plans = JSON.stringify([...others, plan], null, 2);
  await Deno.writeTextFile(file, `${plans}\n`);
}
