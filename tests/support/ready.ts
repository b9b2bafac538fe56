import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";

/** Waits until a service can make calls. */
export async function ready(origin: string, within = 10_000): Promise<void> {
  await eventually(async () => {
    const response = await fetch(`${origin}/readyz`);
    assert.equal(response.status, 200, await response.text());
  }, { within });
}
