import type { Core } from "../../../rooms/core/core.ts";
import type { Effect } from "../../../rooms/core/effect.ts";
import type { Input } from "../../../rooms/core/input.ts";

type Answer = (input: Input, now: number) => Effect[];

/** A core that keeps what it hears, and does what the test says. */
export class ScriptedCore implements Core {
  deadline = Infinity;
  readonly heard: { readonly input: Input; readonly now: number }[] = [];
  answer: Answer;
  /** What happens while it is written down. */
  writing = () => {};

  constructor(answer: Answer = () => []) {
    this.answer = answer;
  }

  snapshot(): Uint8Array<ArrayBuffer> {
    this.writing();
    return new Uint8Array();
  }

  handle(input: Input, now: number): Effect[] {
    this.heard.push({ input, now });
    return this.answer(input, now);
  }

  /** Types of all inputs, in their order. */
  get types(): Input["type"][] {
    return this.heard.map(({ input }) => input.type);
  }
}
