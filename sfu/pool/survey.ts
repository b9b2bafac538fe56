/**
 * One question to several sidecars.
 *
 * @module
 */
import type { LinkReply } from "../link.ts";
import type { SfuMethod } from "../methods.ts";

export type Reply<M extends SfuMethod> = (reply: LinkReply<M>) => void;

/** Asks each; tells the answers once all are there, in the order of the asked. */
export function survey<T, M extends SfuMethod>(
  asked: readonly T[],
  ask: (one: T, reply: Reply<M>) => void,
  done: (answers: readonly LinkReply<M>[]) => void,
): void {
  const answers: LinkReply<M>[] = [];
  let missing = asked.length;
  if (missing === 0) return queueMicrotask(() => done(answers));
  for (const [index, one] of asked.entries()) {
    ask(one, (answer) => {
      answers[index] = answer;
      missing -= 1;
      if (missing === 0) done(answers);
    });
  }
}
