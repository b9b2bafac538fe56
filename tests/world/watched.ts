import type { Core } from "../../rooms/core/core.ts";
import type { Effect } from "../../rooms/core/effect.ts";
import type { Input } from "../../rooms/core/input.ts";
import { Room } from "../../rooms/core/room.ts";
import type { RoomState } from "../../rooms/core/state.ts";

/** Sees all that goes into a room and comes out of it. */
export interface Watcher {
  handled(room: Watched, input: Input, effects: Effect[], now: number): void;
  /** The room, or its actor, has thrown. */
  crashed(error: unknown): void;
  /** In an orderly way. */
  roomEnded(): void;
}

/** Where a room runs. */
export type Place = {
  /** Milliseconds by which timers may be late there. */
  readonly grainMs: number;
  /** By the clock of the room. */
  readonly asleepUntil: () => number;
  /** The process. */
  readonly host: unknown;
};

/** A room whose rules are watched. */
export class Watched implements Core {
  readonly place: Place;
  readonly epoch: number;
  /** The deadline, and the time of the last input, before this one. */
  before: { readonly deadline: number; readonly lastInputAt: number };
  #room: Room;
  #lastInputAt: number;
  readonly #watcher: Watcher;
  #isDead = false;

  constructor(
    room: Room,
    watcher: Watcher,
    epoch: number,
    now: number,
    place: Place,
  ) {
    this.place = place;
    this.#room = room;
    this.#watcher = watcher;
    this.epoch = epoch;
    this.#lastInputAt = now;
    this.before = { deadline: room.deadline, lastInputAt: now };
  }

  get deadline(): number {
    return this.#isDead ? Infinity : this.#room.deadline;
  }

  handle(input: Input, now: number): Effect[] {
    if (this.#isDead) return [];
    const { deadline } = this.#room;
    this.before = { deadline, lastInputAt: this.#lastInputAt };
    this.#lastInputAt = now;
    const effects = this.#room.handle(input, now);
    this.#watcher.handled(this, input, effects, now);
    return effects;
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#room.snapshot();
  }

  dump(): RoomState {
    return this.#room.dump();
  }

  restore(): void {
    this.#room = Room.restore(this.#room.dump());
  }

  /** With its process: what reaches it from now on, nobody hears. */
  kill(): void {
    this.#isDead = true;
  }
}
