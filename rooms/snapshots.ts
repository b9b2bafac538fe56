/**
 * What is kept of rooms, so that they outlive the process that runs them.
 *
 * @module
 */

/** Of one room; `bytes` are for `decode`. */
export type Stored = {
  readonly room: string;
  readonly epoch: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
};

export interface SnapshotStore {
  /** The newest of each room. */
  load(): Promise<Stored[]>;
  /**
   * Takes the place of what was kept of the room under this epoch or an earlier
   * one. Resolves when it outlives the process.
   *
   * @throws {Error} when it does not, or belongs to a later epoch by now.
   */
  save(
    room: string,
    epoch: number,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<void>;
  /** Forgets the room, unless a later epoch has kept it. */
  remove(room: string, epoch: number): Promise<void>;
  /** Keeps what cannot be read for a person to look at, and does not load it again. */
  setAside(stored: Stored): Promise<void>;
}
