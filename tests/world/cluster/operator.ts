/**
 * Somebody who follows what happens in all rooms, through one process after the
 * other, and asks now and then how they are.
 */
import * as z from "zod";
import { Violation } from "../journal.ts";
import type { Random } from "../random.ts";
import type { Timeline } from "../timeline.ts";
import { keyOf, type Ledger, type Told } from "./ledger.ts";
import type { Life } from "./life.ts";
import type { Questions } from "./questions.ts";

export type OperatorOptions = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly questions: Questions;
  /** Names. */
  readonly rooms: readonly string[];
  /** A process that takes requests, if there is one. */
  readonly pick: () => Life | undefined;
  readonly fail: (error: unknown) => void;
};

/** How often an operator looks whether its connection still lives. */
const LOOK_MS = 1_000;
/** How often it goes elsewhere for no reason. */
const RESTLESS = 0.03;
/** How often it asks how the rooms are. */
const CURIOUS = 0.2;

const Event = z.object({
  id: z.number(),
  room: z.string(),
  epoch: z.number(),
  seq: z.number(),
});

export class Operator {
  readonly #options: OperatorOptions;
  #stay: { readonly life: Life; readonly leave: () => void } | undefined;
  #lastId = 0;
  readonly #told = new Set<string>();
  /** What came before may be missing: so it was told. */
  #gapAt = -Infinity;

  constructor(options: OperatorOptions) {
    this.#options = options;
    options.timeline.after(LOOK_MS, () => this.#look());
  }

  /** When all is calm: nothing is missing. */
  check(): void {
    for (const key of this.#options.ledger.since(this.#gapAt)) {
      if (!this.#told.has(key)) this.#violated(`was not told ${key}`);
    }
  }

  #look(): void {
    const { timeline, random } = this.#options;
    const isRestless = random.chance(RESTLESS);
    if (this.#stay?.life.end || isRestless) this.#leave();
    if (this.#stay === undefined) this.#come();
    if (random.chance(CURIOUS)) this.#ask();
    timeline.after(LOOK_MS, () => this.#look());
  }

  #ask(): void {
    const { pick, questions, rooms, random } = this.#options;
    const life = pick();
    if (life === undefined) return;
    if (random.chance(0.3)) questions.list(life);
    else questions.describe(life, random.pick(rooms));
  }

  #leave(): void {
    this.#stay?.leave();
    this.#stay = undefined;
  }

  #come(): void {
    const life = this.#options.pick();
    const body = life?.follow(this.#lastId);
    if (life === undefined || body === undefined) return;
    const reader = body.getReader();
    const stay = { life, leave: () => void reader.cancel() };
    this.#stay = stay;
    this.#read(reader, () => this.#stay === stay && life.end === undefined)
      .catch(
        this.#options.fail,
      );
    this.#options.timeline.settles();
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    isHere: () => boolean,
  ): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (!isHere()) return;
      if (done) return this.#leave();
      const frames = decoder.decode(value).trimEnd().split("\n\n");
      for (const frame of frames) this.#heard(fieldsOf(frame));
    }
  }

  #heard({ event, data }: Readonly<Record<string, string>>): void {
    if (data === undefined) return;
    if (event === "gap") this.#missed();
    else this.#announced(Event.parse(JSON.parse(data)));
  }

  #missed(): void {
    const { ledger, timeline } = this.#options;
    this.#gapAt = timeline.now;
    if (!ledger.mayHaveGaps) {
      this.#violated("was told of a gap, and there is none");
    }
  }

  #announced({ id, ...told }: Told & { id: number }): void {
    const { ledger } = this.#options;
    const key = keyOf(told);
    if (id <= this.#lastId) {
      this.#violated(`was told ${id} after ${this.#lastId}`);
    }
    this.#lastId = id;
    if (this.#told.has(key) && !ledger.isLost(key)) {
      this.#violated(`was told ${key} twice`);
    }
    this.#told.add(key);
    ledger.told(told, id);
  }

  #violated(what: string): void {
    this.#options.fail(new Violation("HO11", `an operator ${what}`));
  }
}

/** Of one server-sent event. */
const fieldsOf = (frame: string): Record<string, string> =>
  Object.fromEntries(
    frame.split("\n").map((line) => {
      const [name = "", ...rest] = line.split(": ");
      return [name, rest.join(": ")];
    }),
  );
