/**
 * Identities that may not come in for a while.
 *
 * @module
 */
import type { RoomState } from "./state.ts";

export type Ban = {
  readonly identity: string;
  /** Milliseconds since 1970. */
  readonly until: number;
};

export const isBanned = (
  { bans }: Pick<RoomState, "bans">,
  identity: string,
  now: number,
): boolean => now < (bans.get(identity) ?? 0);

/** Those that still hold. */
export function bansOf({ bans }: Pick<RoomState, "bans">, now: number): Ban[] {
  for (const [identity, until] of bans) {
    if (until <= now) bans.delete(identity);
  }
  return [...bans].map(([identity, until]) => ({ identity, until }));
}
