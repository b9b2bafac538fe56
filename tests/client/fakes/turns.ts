import assert from "node:assert/strict";
import { turn } from "../../support/turn.ts";

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
