import { eventually } from "./eventually.ts";

/** Long enough for a machine that is busy with other things. */
const DEADLINE_MS = 20_000;
const POLL_MS = 5;

/** Asks again until there is something other than undefined and false. */
export const until = <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  within = DEADLINE_MS,
): Promise<T> =>
  eventually(async () => {
    const answer = await ask();
    if (answer === undefined || answer === false) throw new Error(what);
    return answer;
  }, { within, every: POLL_MS });
