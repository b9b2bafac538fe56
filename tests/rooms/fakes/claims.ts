import { Grants } from "../../../protocol/mod.ts";
import type { Claims } from "../../../rooms/core/input.ts";

/** Further than any test goes. */
const NEVER = 9e15;

/** Of a token that allows what a token allows by default, and does not expire. */
export const claimsOf = (
  identity: string,
  more: Partial<Claims> = {},
): Claims => ({
  identity,
  grants: Grants.parse({}),
  expiresAt: NEVER,
  ...more,
});
