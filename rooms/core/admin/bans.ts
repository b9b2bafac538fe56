/** @module */
import { bansOf } from "../bans.ts";
import { endSession } from "../end.ts";
import type { Step } from "../state.ts";
import { type AdminOutcome, done, refused } from "./command.ts";

/** Of a room. */
const MAX_BANS = 1_000;

/** Whoever is banned is not here any more, and so cannot resume either. */
export function ban(
  step: Step,
  identity: string,
  banMs: number,
): AdminOutcome {
  const { state, now } = step;
  const { bans } = state;
  if (bansOf(state, now).length >= MAX_BANS && !bans.has(identity)) {
    return refused("tooMany", `${MAX_BANS} bans`);
  }
  bans.set(identity, Math.ceil(now + banMs));
  for (const session of [...state.sessions.values()]) {
    if (session.identity === identity) endSession(step, session, "removed");
  }
  return done;
}

export function unban({ state }: Step, identity: string): AdminOutcome {
  state.bans.delete(identity);
  return done;
}
