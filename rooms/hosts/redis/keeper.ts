/**
 * Keeps the leases on the rooms of this process, and says which are over: those
 * that somebody else has, and those that could not be renewed in time.
 *
 * @module
 */
import type { Log } from "../../../log.ts";
import type { Clock } from "../../../clock.ts";
import type { Directory, Owned } from "./directory.ts";
import { Leases } from "./leases.ts";

export type KeeperOptions = {
  readonly directory: Pick<Directory, "renew">;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseMs: number;
  /** The room must do nothing more. */
  readonly onLost: (owned: Owned) => void;
  /** Redis had lost it: what was kept of it is gone. */
  readonly onAnew: (owned: Owned) => void;
};

/** Renewed by one script. */
const CHUNK = 500;

export class Keeper {
  readonly #options: KeeperOptions;
  readonly #leases: Leases;
  #cancelTimer = () => {};

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#leases = new Leases(options);
  }

  /** A lease was given, to who asked at `askedAt`. */
  granted({ room, epoch }: Owned, askedAt: number): void {
    this.#leases.grant(room, epoch, askedAt);
    this.#setTimer();
  }

  /** Redis is there again, and may have lost what it knew. */
  renewNow(): void {
    this.#leases.hurry(this.#options.clock.now());
    this.#setTimer();
  }

  isHeld({ room, epoch }: Owned): boolean {
    return this.#leases.isHeld(room, epoch, this.#options.clock.now());
  }

  drop({ room, epoch }: Owned): void {
    this.#leases.drop(room, epoch);
    this.#setTimer();
  }

  close(): void {
    this.#cancelTimer();
  }

  #setTimer(): void {
    this.#cancelTimer();
    const { deadline } = this.#leases;
    if (deadline === Infinity) return;
    const { clock } = this.#options;
    const wait = Math.max(1, Math.ceil(deadline - clock.now()));
    this.#cancelTimer = clock.after(wait, () => this.#ring());
  }

  #ring(): void {
    const { clock, onLost, log } = this.#options;
    for (const owned of this.#leases.expire(clock.now())) {
      log.warn("lease ran out", owned);
      onLost(owned);
    }
    const due = this.#leases.due(clock.now());
    for (let at = 0; at < due.length; at += CHUNK) {
      void this.#renew(due.slice(at, at + CHUNK));
    }
    this.#setTimer();
  }

  async #renew(rooms: Owned[]): Promise<void> {
    const { clock, directory, onLost, onAnew, log } = this.#options;
    const askedAt = clock.now();
    try {
      const { lost, anew } = await directory.renew(rooms);
      const kept = rooms.filter(({ room }) => !lost.has(room));
      this.#leases.renewed(kept, askedAt, clock.now());
      for (const owned of rooms) {
        if (lost.has(owned.room)) {
          this.#leases.drop(owned.room, owned.epoch);
          log.warn("lease lost", owned);
          onLost(owned);
        } else if (anew.has(owned.room)) onAnew(owned);
      }
    } catch (error) {
      log.debug("leases not renewed", { error });
      this.#leases.failed(clock.now());
    }
    this.#setTimer();
  }
}
