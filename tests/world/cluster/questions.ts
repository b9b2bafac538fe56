/** What operators ask through any process, and are answered of all rooms. */
import type { AdminOutcome, RoomSummary } from "../../../rooms/admin.ts";
import { Violation } from "../journal.ts";
import type { Timeline } from "../timeline.ts";
import type { Watched } from "../watched.ts";
import type { Life } from "./life.ts";

export type QuestionsOptions = {
  readonly timeline: Timeline;
  readonly rooms: readonly string[];
  /** The room as it is now, if there is one. */
  readonly room: (name: string) => Watched | undefined;
  /** Whether nothing has been wrong with it for so many milliseconds. */
  readonly isWell: (room: string, ms: number) => boolean;
  readonly fail: (error: unknown) => void;
};

/** Milliseconds of peace before a question for which it must be answered well. */
const PEACE_MS = 3_000;
/** Milliseconds that an answer may take. */
const LIMIT_MS = 3_000;

/** Whether the answer is right about a room; undefined: there was none in time. */
type IsRight<T> = (
  answer: T | undefined,
  name: string,
  epoch: number,
) => boolean;

export class Questions {
  readonly #options: QuestionsOptions;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** How one of the rooms is. */
  describe(life: Life, name: string): void {
    this.#ask<AdminOutcome>(
      [name],
      (answered) => life.command(name, { type: "summarize" }, answered),
      (outcome, _, epoch) =>
        outcome?.type === "summary" && outcome.room.epoch === epoch,
    );
  }

  /** Which rooms there are. */
  list(life: Life): void {
    this.#ask<RoomSummary[]>(
      this.#options.rooms,
      (answered) => life.list(answered),
      (rooms = [], name, epoch) => {
        const [its, again] = rooms.filter((room) => room.name === name);
        return its?.epoch === epoch && again === undefined;
      },
    );
  }

  /** It must be right about rooms that were there all the time, and well. */
  #ask<T>(
    names: readonly string[],
    ask: (answered: (answer: T | undefined) => void) => void,
    isRight: IsRight<T>,
  ): void {
    const { timeline, room, isWell, fail } = this.#options;
    const askedAt = timeline.now;
    const before = names.map((name) => ({ name, was: room(name) }));
    let isOpen = true;
    const settle = (answer?: T) => {
      if (!isOpen) return;
      isOpen = false;
      const ms = timeline.now - askedAt + PEACE_MS;
      for (const { name, was } of before) {
        if (was === undefined || room(name) !== was || !isWell(name, ms)) {
          continue;
        }
        if (isRight(answer, name, was.epoch)) continue;
        const words = JSON.stringify(answer) ?? "nothing";
        fail(new Violation("HO11", `of ${name} an operator is told ${words}`));
      }
    };
    ask(settle);
    timeline.after(LIMIT_MS, () => settle());
  }
}
