/**
 * Owners that did not answer for a room: until the lease that they had is over,
 * or they have renewed it, they are not asked again.
 *
 * A pure core: time comes with each call.
 *
 * @module
 */

/** One that still lives has renewed its lease by more than that. */
const RENEWED_MS = 150;

type Absence = { readonly node: string; readonly until: number };

export class Absent {
  readonly #byRoom = new Map<string, Absence>();

  /** It did not answer; its lease is over at `until`, unless it is renewed. */
  add(room: string, node: string, until: number, now: number): void {
    for (const [other, absence] of this.#byRoom) {
      if (absence.until < now) this.#byRoom.delete(other);
    }
    this.#byRoom.set(room, { node, until });
  }

  /** It has answered. */
  remove(room: string): void {
    this.#byRoom.delete(room);
  }

  /** `until`: the end of its lease, as it is known now. */
  has(room: string, node: string, until: number): boolean {
    const absence = this.#byRoom.get(room);
    return absence?.node === node && until < absence.until + RENEWED_MS;
  }

  /** When the room can be had; `Infinity`: nobody is known to be absent. */
  until(room: string): number {
    return this.#byRoom.get(room)?.until ?? Infinity;
  }
}
