/**
 * Calls in flight, by their ids.
 *
 * @module
 */

/**
 * A hash table of fixed size. A `Map` would serve, were it not that V8 keeps the
 * tables which a `Map` has outgrown: with calls that come and go all the time,
 * thousands that are long answered survive the collector's short rounds, whose
 * pauses grow tenfold.
 */
export class InFlight<T> {
  /** How many there may be. */
  readonly limit: number;
  readonly #mask: number;
  readonly #ids: number[];
  readonly #items: (T | undefined)[];
  #size = 0;

  constructor(limit: number) {
    this.limit = limit;
    // At most half full, so that a free slot is always near.
    const slots = 2 ** Math.ceil(Math.log2(limit * 2));
    this.#mask = slots - 1;
    this.#ids = new Array<number>(slots).fill(0);
    this.#items = new Array<T | undefined>(slots).fill(undefined);
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.limit;
  }

  get(id: number): T | undefined {
    return this.#items[this.#slotOf(id)];
  }

  /** @throws {RangeError} when it is full. */
  set(id: number, item: T): void {
    const slot = this.#slotOf(id);
    if (this.#items[slot] === undefined) {
      if (this.isFull) throw new RangeError("Cannot add to what is full");
      this.#size++;
    }
    this.#ids[slot] = id;
    this.#items[slot] = item;
  }

  /** Whether it was there. */
  delete(id: number): boolean {
    const slot = this.#slotOf(id);
    if (this.#items[slot] === undefined) return false;
    this.#size--;
    this.#vacate(slot);
    return true;
  }

  clear(): void {
    this.#items.fill(undefined);
    this.#size = 0;
  }

  *values(): Iterable<T> {
    for (const item of this.#items) if (item !== undefined) yield item;
  }

  /** Where it is, or else where it would go. */
  #slotOf(id: number): number {
    let slot = this.#homeOf(id);
    while (this.#items[slot] !== undefined && this.#ids[slot] !== id) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #homeOf(id: number): number {
    return id & this.#mask;
  }

  /** Moves up those behind the slot that would not be found any more. */
  #vacate(slot: number): void {
    let hole = slot;
    for (let next = this.#after(hole);; next = this.#after(next)) {
      const id = this.#ids[next] ?? 0;
      if (this.#items[next] === undefined) break;
      const fromHome = (next - this.#homeOf(id)) & this.#mask;
      if (fromHome < ((next - hole) & this.#mask)) continue;
      this.#ids[hole] = id;
      this.#items[hole] = this.#items[next];
      hole = next;
    }
    this.#items[hole] = undefined;
  }

  #after(slot: number): number {
    return (slot + 1) & this.#mask;
  }
}
