/**
 * Keeps one room in a store: soon after something has changed, and no more
 * often than does the room any harm.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { SavePace } from "./save_pace.ts";
import type { SnapshotStore } from "./snapshots.ts";

export type SaverOptions = {
  readonly store: SnapshotStore;
  readonly room: string;
  readonly epoch: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly snapshot: () => Uint8Array<ArrayBuffer>;
  /** Of all rooms of the process. */
  readonly pace: SavePace;
};

/** Milliseconds between two that nobody waits for. */
const INTERVAL_MS = 250;
/** Milliseconds until another try where the store has failed. */
const RETRY_MS = 1_000;
/** Milliseconds between two that somebody waits for. */
const HURRIED_MS = 10;
/** Milliseconds in which others come who wait for the same one. */
const GATHER_MS = 2;
/** Times as long as a snapshot has taken the room is left alone. */
const REST = 4;
/** Milliseconds at most, where somebody waits, or as long as it has taken. */
const MAX_REST_MS = 100;
/** Milliseconds that a room has to be kept when the process stops. */
const STOP_LIMIT_MS = 2_000;

type State =
  | { readonly name: "idle" }
  | {
    readonly name: "waiting";
    readonly at: number;
    readonly cancel: () => void;
  }
  /** `isStale`: something has changed since. */
  | { readonly name: "saving"; isStale: boolean }
  /** What was kept stays. */
  | { readonly name: "stopped" }
  /** The room is over. */
  | { readonly name: "ended" };

export class Saver {
  readonly #options: SaverOptions;
  #state: State = { name: "idle" };
  /** Run when what is true now is kept. */
  #waiting = new Set<() => void>();
  /** The same, of what is being kept. */
  #covered = new Set<() => void>();
  /** The store has failed, and has not worked since. */
  #isTold = false;
  /** Not before. */
  #nextAt = -Infinity;
  /** For changes that nobody waits for. */
  #nextIdleAt = -Infinity;

  constructor(options: SaverOptions) {
    this.#options = options;
  }

  /** Something changed that is to be kept. */
  changed(): void {
    if (this.#state.name === "saving") this.#state.isStale = true;
    else this.#schedule(this.#nextIdleAt);
  }

  /**
   * Keeps what is true now as soon as it can, and says when it is kept, unless
   * whoever waits does so no more, and withdraws.
   */
  save(kept: () => void): () => void {
    if (this.#isOver) kept();
    else this.#wait(kept);
    return () => {
      this.#waiting.delete(kept);
      this.#covered.delete(kept);
    };
  }

  /** The same; `late` comes in its place where that takes longer. */
  saveWithin(limitMs: number, kept: () => void, late: () => void): void {
    const cancel = this.#options.clock.after(limitMs, () => {
      withdraw();
      late();
    });
    const withdraw = this.save(() => {
      cancel();
      kept();
    });
  }

  /** Within limits: who stops cannot wait for long. */
  saveBeforeStop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.saveWithin(STOP_LIMIT_MS, resolve, () => {
      this.#options.log.error("not kept in time");
      resolve();
    });
    return promise;
  }

  #wait(kept: () => void): void {
    this.#waiting.add(kept);
    if (this.#state.name === "saving") this.#state.isStale = true;
    else {
      const now = this.#options.clock.now();
      this.#schedule(Math.max(this.#nextAt, now + GATHER_MS));
    }
  }

  /** The room is over. Who waits is told so. */
  end(): void {
    if (this.#isOver) return;
    const isSaving = this.#state.name === "saving";
    this.#close("ended");
    if (!isSaving) this.#remove();
  }

  /** What was kept stays. */
  stop(): void {
    if (!this.#isOver) this.#close("stopped");
  }

  get #isOver(): boolean {
    const { name } = this.#state;
    return name === "stopped" || name === "ended";
  }

  #close(name: "stopped" | "ended"): void {
    if (this.#state.name === "waiting") this.#state.cancel();
    this.#state = { name };
    tell(this.#waiting);
  }

  #remove(): void {
    const { store, room, epoch, log } = this.#options;
    store.remove(room, epoch).catch((error) =>
      log.error("snapshot not removed", { error })
    );
  }

  #schedule(at: number): void {
    const { clock } = this.#options;
    if (this.#isOver) return;
    if (this.#state.name === "waiting") {
      if (this.#state.at <= at) return;
      this.#state.cancel();
    }
    const wait = at - clock.now();
    if (wait <= 0) return void this.#save();
    const cancel = clock.after(wait, () => void this.#save());
    this.#state = { name: "waiting", at, cancel };
  }

  async #save(): Promise<void> {
    const { store, room, epoch, clock, log, snapshot } = this.#options;
    this.#covered = this.#waiting;
    this.#waiting = new Set();
    this.#state = { name: "saving", isStale: false };
    const began = clock.now();
    let isKept = true;
    try {
      const bytes = snapshot();
      const saved = store.save(room, epoch, bytes);
      this.#rest(began, clock.now() - began);
      await saved;
    } catch (error) {
      isKept = false;
      // The next room of this name may have been kept before.
      if (!this.#isTold && !this.#isOver) {
        log.error("snapshot not kept", { error });
      }
    }
    if (isKept && this.#isTold) log.info("snapshot kept again");
    this.#isTold = !isKept;
    if (isKept) tell(this.#covered);
    else for (const kept of this.#covered) this.#waiting.add(kept);
    this.#covered.clear();
    this.#saved(isKept);
  }

  #rest(began: number, tookMs: number): void {
    const { clock, pace } = this.#options;
    pace.spend(clock.now(), tookMs);
    // One that takes seconds must not take all of the time.
    const restMs = Math.max(tookMs, Math.min(MAX_REST_MS, tookMs * REST));
    this.#nextAt = began + Math.max(HURRIED_MS, tookMs + restMs);
    const idleMs = Math.max(INTERVAL_MS, tookMs * (1 + REST) ** 2);
    this.#nextIdleAt = began + idleMs * pace.stretch;
  }

  #saved(isKept: boolean): void {
    // Not before: what was under way would come later than the end.
    if (this.#state.name === "ended") this.#remove();
    if (this.#state.name !== "saving") return tell(this.#waiting);
    const { isStale } = this.#state;
    this.#state = { name: "idle" };
    if (!isKept) return this.#schedule(this.#options.clock.now() + RETRY_MS);
    if (this.#waiting.size > 0) this.#schedule(this.#nextAt);
    else if (isStale) this.#schedule(this.#nextIdleAt);
  }
}

/** Once. */
function tell(waiting: Set<() => void>): void {
  for (const kept of waiting) {
    waiting.delete(kept);
    kept();
  }
}
