/**
 * What a process knows of the leases on its rooms, by its own clock alone. Each
 * counts from before it was asked for, so that it ends here before it can end in
 * Redis, however late the answer came.
 *
 * @module
 */

export type LeaseTiming = {
  /** Milliseconds that a lease lasts. */
  readonly leaseMs: number;
};

/** Of a lease: for clocks that drift, and timers that are late. */
const MARGIN = 0.1;

type Lease = { readonly epoch: number; readonly until: number };

export class Leases {
  readonly #leaseMs: number;
  readonly #held = new Map<string, Lease>();
  /** When those that are held now are to be renewed. */
  #renewAt = Infinity;

  constructor({ leaseMs }: LeaseTiming) {
    this.#leaseMs = leaseMs;
  }

  get size(): number {
    return this.#held.size;
  }

  /** A lease was given, to who asked for it at `askedAt`. */
  grant(room: string, epoch: number, askedAt: number): void {
    this.#held.set(room, { epoch, until: this.#end(askedAt) });
    this.#renewAt = Math.min(this.#renewAt, askedAt + this.#leaseMs / 3);
  }

  isHeld(room: string, epoch: number, now: number): boolean {
    const lease = this.#held.get(room);
    return lease !== undefined && lease.epoch === epoch && now < lease.until;
  }

  drop(room: string, epoch: number): void {
    if (this.#held.get(room)?.epoch === epoch) this.#held.delete(room);
    if (this.#held.size === 0) this.#renewAt = Infinity;
  }

  /** Those to be renewed now, if it is time; the next time is a third later. */
  due(now: number): { readonly room: string; readonly epoch: number }[] {
    if (now < this.#renewAt) return [];
    this.#renewAt = now + this.#leaseMs / 3;
    return [...this.#held].map(([room, { epoch }]) => ({ room, epoch }));
  }

  /** All are to be renewed now. */
  hurry(now: number): void {
    if (this.#held.size > 0) this.#renewAt = now;
  }

  /** What was due could not be asked: another try comes sooner. */
  failed(now: number): void {
    const soon = now + this.#leaseMs / 12;
    if (this.#held.size > 0) this.#renewAt = Math.min(this.#renewAt, soon);
  }

  /**
   * They were renewed, for who asked for it at `askedAt`, and hears of it `now`.
   * One that is over by then is: the room was deaf meanwhile, and is to be left.
   */
  renewed(
    rooms: readonly { readonly room: string; readonly epoch: number }[],
    askedAt: number,
    now: number,
  ): void {
    const until = this.#end(askedAt);
    for (const { room, epoch } of rooms) {
      const lease = this.#held.get(room);
      if (lease?.epoch !== epoch || now >= lease.until) continue;
      if (until > lease.until) this.#held.set(room, { epoch, until });
    }
  }

  /** Takes those away that are over. */
  expire(now: number): { readonly room: string; readonly epoch: number }[] {
    const over = [...this.#held].filter(([, { until }]) => now >= until);
    const rooms = over.map(([room, { epoch }]) => ({ room, epoch }));
    for (const { room, epoch } of rooms) this.drop(room, epoch);
    return rooms;
  }

  /** When there is something to renew or to expire; `Infinity`: never. */
  get deadline(): number {
    let deadline = this.#renewAt;
    for (const { until } of this.#held.values()) {
      if (until < deadline) deadline = until;
    }
    return deadline;
  }

  #end(askedAt: number): number {
    return askedAt + this.#leaseMs * (1 - MARGIN);
  }
}
