/**
 * Identities that may not come in for a while.
 *
 * @module
 */
import { endSession } from "../end.ts";
import type { RoomState, Step } from "../state.ts";
import { type AdminOutcome, done, refused } from "./command.ts";

export type Ban = {
  readonly identity: string;
  /** Milliseconds since 1970. */
  readonly until: number;
};

/** Of a room. */
const MAX_BANS = 1_000;

export const isBanned = (
  { bans }: RoomState,
  identity: string,
  now: number,
): boolean => now < (bans.get(identity) ?? 0);

/** Whoever is banned is not here any more, and so cannot resume either. */
export function ban(
  step: Step,
  identity: string,
  banMs: number,
): AdminOutcome {
  const { state, now } = step;
  const { bans } = state;
  forget(state, now);
  if (bans.size >= MAX_BANS && !bans.has(identity)) {
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

/** Those that still hold. */
export function bansOf(state: RoomState, now: number): Ban[] {
  forget(state, now);
  return [...state.bans].map(([identity, until]) => ({ identity, until }));
}

function forget({ bans }: RoomState, now: number): void {
  for (const [identity, until] of bans) {
    if (until <= now) bans.delete(identity);
  }
}
