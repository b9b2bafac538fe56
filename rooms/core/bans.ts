/**
 * Identities that may not come in for a while.
 *
 * @module
 */
export type Ban = {
  readonly identity: string;
  /** Milliseconds since 1970. */
  readonly until: number;
};

/** By identity, until when it may not come in. */
type Bans = { readonly bans: Map<string, number> };

export const isBanned = (
  { bans }: Bans,
  identity: string,
  now: number,
): boolean => now < (bans.get(identity) ?? 0);

/** Those that still hold. */
export function bansOf({ bans }: Bans, now: number): Ban[] {
  for (const [identity, until] of bans) {
    if (until <= now) bans.delete(identity);
  }
  return [...bans].map(([identity, until]) => ({ identity, until }));
}
