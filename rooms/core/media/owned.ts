/**
 * The things of a session in the SFU. An id is looked up among the session's own,
 * so that somebody else's is simply not found.
 *
 * @module
 */
import type { JoinedSession } from "../session.ts";
import { joined, type RoomState } from "../state.ts";
import {
  createMedia,
  type Held,
  type Kind,
  type Media,
  type Things,
} from "./media.ts";

/** What a session has, made with the first of it. */
export function mediaOf(session: JoinedSession): Media {
  session.media ??= createMedia();
  return session.media;
}

/** How many a session has or is about to have. */
export const count = ({ media }: JoinedSession, kind: Kind): number =>
  media === null ? 0 : media[kind].size + media.underWay[kind];

export const idsOf = (
  { media }: JoinedSession,
  kinds: readonly Kind[],
): string[] => kinds.flatMap((kind) => [...media?.[kind].keys() ?? []]);

/** One of a session's own things. */
export function own<K extends Kind>(
  { media }: JoinedSession,
  kind: K,
  id: string,
): Things[K] | undefined {
  const held: Held | null = media;
  return held?.[kind].get(id);
}

export function add<K extends Kind>(
  state: RoomState,
  session: JoinedSession,
  kind: K,
  id: string,
  thing: Things[K],
): void {
  const held: Held = mediaOf(session);
  held[kind].set(id, thing);
  state.owners.set(id, session.id);
}

export function remove<K extends Kind>(
  state: RoomState,
  session: JoinedSession,
  kind: K,
  id: string,
): Things[K] | undefined {
  const thing = own(session, kind, id);
  session.media?.[kind].delete(id);
  state.owners.delete(id);
  return thing;
}

/** A thing of anybody, with its owner. */
export function find<K extends Kind>(
  state: RoomState,
  kind: K,
  id: string,
): { owner: JoinedSession; thing: Things[K] } | undefined {
  const owner = joined(state, state.owners.get(id));
  const thing = owner && own(owner, kind, id);
  return owner && thing && { owner, thing };
}
