/** Long enough for a machine that is busy with other things. */
const DEADLINE_MS = 20_000;
const POLL_MS = 5;

/** Asks again until there is something other than undefined and false. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}`);
}
