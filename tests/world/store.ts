/** Where the room is kept: some way off, at times slow, and at times away. */
import type { SnapshotStore, Stored } from "../../rooms/snapshots.ts";
import { Random } from "./random.ts";
import type { Process, Timeline } from "./timeline.ts";

/** Says why nothing was kept; nobody is to blame for it. */
export class StoreAway extends Error {}

type Change = {
  readonly askedAt: number;
  /** Undefined once it is made. Says why it cannot be. */
  make: (() => Error | undefined) | undefined;
  readonly answer: (error?: Error) => void;
};

/** Milliseconds that a slow store takes. */
const SLOW_MS = 1_500;
/** Milliseconds that are trouble: an answer waits 200, and maybe for two changes. */
const TROUBLE_MS = 80;

export class Store implements SnapshotStore {
  kept: Stored | undefined;
  slowUntil = 0;
  awayUntil = 0;
  /** When it was last slow or away, as who waits for it has felt it. */
  troubleAt = -Infinity;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #process: Process;
  readonly #underWay = new Set<Change>();

  constructor(timeline: Timeline, seed: number, process: Process) {
    this.#timeline = timeline;
    this.#random = new Random(`${seed} store`);
    this.#process = process;
  }

  load(): Promise<Stored[]> {
    return Promise.resolve(this.kept ? [this.kept] : []);
  }

  save(
    room: string,
    epoch: number,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    return this.#change(() => {
      if (epoch < (this.kept?.epoch ?? 0)) {
        return new Error("a later one is kept");
      }
      this.kept = { room, epoch, bytes };
      return undefined;
    });
  }

  remove(_room: string, epoch: number): Promise<void> {
    return this.#change(() => {
      if (epoch >= (this.kept?.epoch ?? 0)) this.kept = undefined;
      return undefined;
    });
  }

  setAside({ room }: Stored): Promise<void> {
    throw new Error(`what was kept of ${room} cannot be read`);
  }

  /** With its process: what was not kept yet is, or is lost. */
  abandoned(): void {
    for (const change of this.#underWay) {
      this.#watch(change);
      if (this.#random.chance(0.5)) change.make?.();
    }
    this.#underWay.clear();
  }

  #change(make: () => Error | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timeline = this.#timeline;
    const change: Change = {
      askedAt: timeline.now,
      make,
      answer: (error) => {
        if (!this.#underWay.delete(change)) return;
        this.#watch(change);
        if (error) reject(error);
        else resolve();
        timeline.settles();
      },
    };
    this.#underWay.add(change);
    timeline.after(this.#latency(), () => this.#make(change));
    return promise;
  }

  #make(change: Change): void {
    const timeline = this.#timeline;
    const isAway = timeline.now < this.awayUntil;
    if (isAway) this.#noteTrouble();
    const error = isAway
      ? new StoreAway("the store is away")
      : this.#underWay.has(change)
      ? change.make?.()
      : undefined;
    change.make = undefined;
    timeline.after(
      this.#latency(),
      () => change.answer(error),
      this.#process,
    );
  }

  #watch({ askedAt }: Change): void {
    if (this.#timeline.now > askedAt + TROUBLE_MS) this.#noteTrouble();
  }

  #noteTrouble(): void {
    this.troubleAt = this.#timeline.now;
  }

  #latency(): number {
    const isSlow = this.#timeline.now < this.slowUntil;
    return (isSlow ? this.#random.int(1, SLOW_MS) : 1) +
      this.#random.wait(4, 60);
  }
}
