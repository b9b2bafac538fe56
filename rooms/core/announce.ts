/**
 * What a room tells those who look after it, and never its clients.
 *
 * @module
 */
import type { Announcement } from "./effect.ts";
import type { SessionId } from "./input.ts";
import type { Step } from "./state.ts";

export function announce(
  { state, effects }: Step,
  announcement: Announcement,
): void {
  state.announced += 1;
  effects.push({ type: "announce", announcement });
}

/** Whom an announcement is about. */
export const who = (
  { id, identity }: { readonly id: SessionId; readonly identity: string },
): { readonly sessionId: SessionId; readonly identity: string } => ({
  sessionId: id,
  identity,
});
