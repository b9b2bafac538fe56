/**
 * Which tracks are muted (MD7): what a participant has asked for holds for the
 * key of a track, whatever producer carries it or is yet to carry it.
 *
 * @module
 */
import type { JoinedSession } from "../session.ts";
import type { RoomState } from "../state.ts";
import { mediaOf } from "./owned.ts";
import { byKey } from "./publishing.ts";

export const isMuted = ({ media }: JoinedSession, key: string): boolean =>
  (media?.muted.has(key) ?? false) || (media?.held?.has(key) ?? false);

/** By an operator, so that its owner cannot unmute it (OP4). */
export const isHeld = ({ media }: JoinedSession, key: string): boolean =>
  media?.held?.has(key) ?? false;

export function noteMuted(
  { policy }: RoomState,
  session: JoinedSession,
  key: string,
  isMuted: boolean,
): void {
  const { muted } = mediaOf(session);
  muted.delete(key);
  if (!isMuted) return;
  muted.add(key);
  if (muted.size <= policy.maxProducers) return;
  // Of a track that nobody publishes: the published ones are no more than that.
  const idle = [...muted].find((key) => !byKey(session, "producers", key));
  if (idle !== undefined) muted.delete(idle);
}
