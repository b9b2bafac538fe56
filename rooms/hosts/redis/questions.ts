/**
 * Questions to other processes, each with one answer, or none in time.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";
import type { Bus } from "./bus.ts";
import type { Question, Reply } from "./messages.ts";

const LIMIT_MS = 2_000;

type Open = {
  readonly peer: string;
  readonly settle: (reply: Reply | undefined) => void;
};

export class Questions {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #open = new Map<number, Open>();
  #lastId = 0;

  constructor(bus: Bus, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Undefined: no answer. */
  ask(peer: string, question: Question): Promise<Reply | undefined> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Reply | undefined>();
    const cancel = this.#clock.after(LIMIT_MS, () => this.answered(id));
    this.#open.set(id, {
      peer,
      settle: (reply) => {
        cancel();
        resolve(reply);
      },
    });
    this.#bus.send(peer, { type: "ask", id, question });
    return promise;
  }

  answered(id: number, reply?: Reply): void {
    this.#open.get(id)?.settle(reply);
    this.#open.delete(id);
  }

  /** The peer will not answer any more. */
  broken(peer: string): void {
    for (const [id, open] of this.#open) {
      if (open.peer === peer) this.answered(id);
    }
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.answered(id);
  }
}
