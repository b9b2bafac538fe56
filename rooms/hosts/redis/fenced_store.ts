/**
 * Tells at once of a room that somebody else has by now: what waits to be kept
 * must not be said any more.
 *
 * @module
 */
import type { SnapshotStore } from "../../snapshots.ts";
import type { Owned } from "./directory.ts";
import { isFenced } from "./scripts.ts";

export const fencedStore = (
  store: SnapshotStore,
  onFenced: (owned: Owned) => void,
): SnapshotStore => ({
  load: () => store.load(),
  async save(room, epoch, bytes) {
    try {
      await store.save(room, epoch, bytes);
    } catch (error) {
      if (isFenced(error)) onFenced({ room, epoch });
      throw error;
    }
  },
  remove: (room, epoch) => store.remove(room, epoch),
  setAside: (stored) => store.setAside(stored),
});
