/**
 * Routers of rooms that are not run here any more. Whoever takes a room up claims
 * the one that was kept; what nobody has claimed when Redis has been there for
 * long enough is of no room, and is closed.
 *
 * @module
 */
import type { SfuLink } from "../../../sfu/link.ts";
import type { Clock } from "../../../clock.ts";

export type LeftoversOptions = {
  readonly link: SfuLink;
  readonly clock: Clock;
  /** Rejects while Redis is away: nobody can take rooms up. */
  readonly ask: () => Promise<unknown>;
};

type Leftover = {
  readonly epoch: number;
  readonly unsubscribe: () => void;
  /** How often Redis was there since. */
  looks: number;
};

const LOOK_MS = 10_000;
const LOOKS = 3;

export class Leftovers {
  readonly #options: LeftoversOptions;
  readonly #routers = new Map<string, Leftover>();
  #state: "idle" | "waiting" | "closed" = "idle";
  #cancel = () => {};

  constructor(options: LeftoversOptions) {
    this.#options = options;
  }

  /** `epoch`: under which it was the room's. */
  add(routerId: string, epoch: number): void {
    if (this.#state === "closed") return;
    this.#forget(routerId);
    const unsubscribe = this.#options.link.subscribe(routerId, ({ event }) => {
      if (event === "routerClosed") this.#forget(routerId);
    });
    this.#routers.set(routerId, { epoch, unsubscribe, looks: 0 });
    this.#wait();
  }

  /** The link ends with the process, and its routers after a lease. */
  close(): void {
    this.#state = "closed";
    this.#cancel();
    for (const routerId of [...this.#routers.keys()]) this.#forget(routerId);
  }

  #wait(): void {
    if (this.#state !== "idle" || this.#routers.size === 0) return;
    this.#state = "waiting";
    this.#cancel = this.#options.clock.after(LOOK_MS, () => this.#look());
  }

  #look(): void {
    const again = () => {
      if (this.#state !== "waiting") return;
      this.#state = "idle";
      this.#wait();
    };
    this.#options.ask().then(() => this.#count()).then(again, again);
  }

  #count(): void {
    for (const [routerId, left] of [...this.#routers]) {
      left.looks += 1;
      if (left.looks < LOOKS) continue;
      this.#forget(routerId);
      const { epoch } = left;
      this.#options.link.call("closeRouter", { routerId }, { epoch }, () => {});
    }
  }

  #forget(routerId: string): void {
    this.#routers.get(routerId)?.unsubscribe();
    this.#routers.delete(routerId);
  }
}
