/**
 * Snapshot tests over Deno's own `t.assertSnapshot`, with the name and the
 * signature of `jsr:@std/testing/snapshot`.
 */

/** Fails when `actual` differs from what was stored with `--update`. */
export async function assertSnapshot<T>(
  context: Deno.TestContext,
  actual: T,
  message?: string,
): Promise<void> {
  await context.assertSnapshot(actual, message);
}
