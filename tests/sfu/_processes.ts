import { until } from "../support/until.ts";

export async function ended(pid: number): Promise<void> {
  await until(`process ${pid} has ended`, () => !isRunning(pid));
}

export function isRunning(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== "Z";
}

/** Of Linux; undefined when there is no such process. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2).charAt(0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
