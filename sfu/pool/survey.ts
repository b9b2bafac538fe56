/**
 * One question to several sidecars.
 *
 * @module
 */
import type { LinkReply } from "../link.ts";
import type { SfuMethod } from "../methods.ts";

export type Reply<M extends SfuMethod> = (reply: LinkReply<M>) => void;

/** Hears the answers; tells them once, when all are there or one is enough. */
export class Survey<M extends SfuMethod> {
  readonly #answers: LinkReply<M>[] = [];
  readonly #done: (answers: readonly LinkReply<M>[]) => void;
  #missing: number;

  constructor(
    asked: number,
    done: (answers: readonly LinkReply<M>[]) => void,
  ) {
    this.#missing = asked;
    this.#done = done;
  }

  add(answer: LinkReply<M>, isEnough: boolean): void {
    if (this.#missing === 0) return;
    this.#answers.push(answer);
    this.#missing = isEnough ? 0 : this.#missing - 1;
    if (this.#missing === 0) this.#done(this.#answers);
  }
}
