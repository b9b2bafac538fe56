/**
 * Whether what is published has a transport. One that was lost with the media
 * server stays on the books without, until its owner has published it anew (MD9).
 *
 * @module
 */
import type { JoinedSession } from "../session.ts";
import { own } from "./owned.ts";

export const isCarried = (
  owner: JoinedSession,
  { transportId }: { readonly transportId: string },
): boolean => own(owner, "transports", transportId) !== undefined;

export const published = ({ media }: JoinedSession) => [
  ...media?.producers ?? [],
  ...media?.dataProducers ?? [],
];

export const carriedIds = (session: JoinedSession): string[] =>
  published(session).filter(([_, thing]) => isCarried(session, thing))
    .map(([id]) => id);
