import assert from "node:assert/strict";

/** Lets everything that is ready run, as a browser does between two tasks. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 0));

/** Long enough for any exchange in memory to come to rest. */
export async function rest(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}

/** Waits for a condition. */
export async function until(
  what: string,
  condition: () => boolean,
): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `never came: ${what}`);
    await turn();
  }
}
