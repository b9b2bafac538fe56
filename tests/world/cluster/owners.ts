/**
 * Who may run the room: at any time one process, under an epoch of its own, and
 * nothing of an owner of the past takes effect.
 */
import type { Effect } from "../../../rooms/core/effect.ts";
import type { Input } from "../../../rooms/core/input.ts";
import type { Snapshot } from "../../../rooms/core/snapshot/schema.ts";
import { type Journal, Violation } from "../journal.ts";
import { line, type Referee } from "../referee.ts";
import type { Watched, Watcher } from "../watched.ts";

export type OwnersOptions = {
  readonly referee: Referee;
  readonly journal: Journal;
  /** Whether an owner of the past cannot know yet that it is one. */
  readonly isDeceived: (room: Watched) => boolean;
  /** A process begins or takes up the room. `kept`: with that. */
  readonly onTaken: (kept: Snapshot | undefined, now: number) => void;
  /** The owner does something. */
  readonly onHandled: Watcher["handled"];
  readonly fail: (error: unknown) => void;
};

export class Owners implements Watcher {
  readonly #options: OwnersOptions;
  /** The room, as the newest owner has it. */
  current: Watched | undefined;
  /** By their epochs. */
  readonly #all = new Map<number, Watched>();
  /** In each epoch, whose calls had an effect. */
  readonly #callers = new Map<number, unknown>();
  /** Of each router, the newest that had one. */
  readonly #epochs = new Map<string, number>();
  /** The newest under which something was kept. */
  #savedEpoch = 0;

  constructor(options: OwnersOptions) {
    this.#options = options;
  }

  /** Another process has the room from now on. `kept`: with that. */
  taken(room: Watched, kept: Snapshot | undefined, now: number): void {
    const { referee } = this.#options;
    if (room.epoch <= (this.current?.epoch ?? 0)) {
      return this.#violated("HO7", `${room.epoch} is no newer epoch`);
    }
    const isGoneOn = kept !== undefined || referee.seats.size > 0;
    this.#options.onTaken(kept, now);
    if (isGoneOn) referee.restored(kept, now, room.epoch);
    this.current = room;
    this.#all.set(room.epoch, room);
  }

  /** The room as that owner has it. */
  at(epoch: number): Watched | undefined {
    return this.#all.get(epoch);
  }

  /** A call under this epoch has changed something in a router. */
  called(routerId: string, epoch: number, caller: unknown): void {
    const known = this.#callers.get(epoch) ?? caller;
    this.#callers.set(epoch, known);
    if (known !== caller) {
      this.#violated("HO8", `two processes call under epoch ${epoch}`);
    }
    const newest = this.#epochs.get(routerId) ?? 0;
    if (epoch < newest) {
      this.#violated("HO8", `${routerId} obeys ${epoch} after ${newest}`);
    }
    this.#epochs.set(routerId, epoch);
  }

  /** Something was kept under this epoch. `isLost`: what was kept before is. */
  saved(epoch: number): void {
    if (epoch < this.#savedEpoch) {
      this.#violated("HO8", `${epoch} was kept after ${this.#savedEpoch}`);
    }
    this.#savedEpoch = epoch;
  }

  /** What was kept is gone, and with it who may keep something. */
  forgotten(): void {
    this.#savedEpoch = 0;
  }

  handled(room: Watched, input: Input, effects: Effect[], now: number): void {
    if (room === this.current) {
      this.#options.onHandled(room, input, effects, now);
      return this.#options.referee.handled(room, input, effects, now);
    }
    const { journal, isDeceived } = this.#options;
    const who = `old ${room.epoch % 10_000_000}`;
    journal.note(who, () => `<- ${line(input)}`);
    for (const effect of effects) journal.note(who, () => `   ${line(effect)}`);
    if (isDeceived(room)) return;
    this.#violated(
      "HO8",
      `${room.epoch} has heard ${input.type}, as an owner of the past`,
    );
  }

  crashed(error: unknown): void {
    this.#options.referee.crashed(error);
  }

  roomEnded(): void {
    this.#options.referee.roomEnded();
  }

  #violated(rule: string, detail: string): void {
    this.#options.fail(new Violation(rule, detail));
  }
}
