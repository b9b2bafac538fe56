/** Those who look after all rooms of a service, and what they are told. */
import type { RoomAnnouncement } from "../../../rooms/announcements.ts";
import { Random } from "../random.ts";
import { Ledger, type Told } from "./ledger.ts";
import type { Life } from "./life.ts";
import { Operator } from "./operator.ts";
import { Questions, type QuestionsOptions } from "./questions.ts";
import type { VirtualRedis } from "./redis.ts";

export type OperatorsOptions = QuestionsOptions & {
  readonly seed: number;
  readonly redis: VirtualRedis;
  /** Processes that take requests. */
  readonly open: () => readonly Life[];
};

/** Milliseconds that a process needs to tell Redis what it has to tell. */
const TO_TELL_MS = 5_000;

export class Operators {
  readonly #options: OperatorsOptions;
  readonly #ledger: Ledger;
  readonly #all: readonly Operator[];

  constructor(count: number, options: OperatorsOptions) {
    this.#options = options;
    const { timeline, seed, redis, open, rooms, fail } = options;
    const questions = new Questions(options);
    const ledger = this.#ledger = new Ledger(fail);
    redis.onAdd = (text) => ledger.added(JSON.parse(text), timeline.now);
    this.#all = Array.from({ length: count }, (_, index) => {
      const random = new Random(`${seed} operator ${index}`);
      const pick = () => {
        const lives = open();
        return lives.length > 0 ? random.pick(lives) : undefined;
      };
      return new Operator({
        timeline,
        random,
        ledger,
        questions,
        rooms,
        pick,
        fail,
      });
    });
  }

  said(life: Life, { room, epoch, seq }: RoomAnnouncement): void {
    const { timeline } = this.#options;
    const told: Told = { room, epoch, seq };
    const at = timeline.now;
    this.#ledger.said(told, { isExcused: () => diedOf(life, at) });
  }

  /** Redis loses what was added since then. */
  forgotten(since: number): void {
    this.#ledger.forgotten(since);
  }

  check(): void {
    this.#ledger.check();
    for (const operator of this.#all) operator.check();
  }
}

/** Whether a process has taken along what it had to tell since then. */
function diedOf({ end, process }: Life, since: number): boolean {
  if (end === undefined) return false;
  if (end.troubleAt > since - TO_TELL_MS) return true;
  const isSudden = end.at < since + TO_TELL_MS || process.asleepUntil > since;
  return isSudden && !end.isInOrder;
}
