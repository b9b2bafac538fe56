import { delay } from "./delay.ts";

/**
 * Runs `probe` until it does not throw, and gives back what it returned then.
 *
 * @throws what the last probe threw, when `within` milliseconds have passed.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { within = 10_000, every = 50 }: { within?: number; every?: number } = {},
): Promise<T> {
  const deadline = performance.now() + within;
  while (true) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() + every > deadline) {
        throw new Error(`not so within ${within} ms: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
    await delay(every);
  }
}

const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : String(error);
