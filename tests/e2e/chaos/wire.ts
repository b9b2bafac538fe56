import type { Page } from "playwright-core";
import * as z from "zod";

const Frame = z.object({
  method: z.string().optional(),
  params: z.object({ seq: z.int() }).loose().optional().catch(undefined),
  /** Of `join` and `resume`. */
  result: z.object({
    secret: z.string(),
    seq: z.int(),
    transports: z.array(z.unknown()).optional(),
    snapshot: z.unknown().optional(),
  }).optional().catch(undefined),
});

/** The events of one session as they came, over one connection or several. */
export class Wire {
  readonly #seen = new Map<number, string>();
  /** Up to here everything has come, or was told by a snapshot. */
  #start: number | undefined;
  #last = 0;
  snapshots = 0;
  /** Numbers that came with two different events. */
  readonly ambiguous: number[] = [];

  /** To be called before the page connects. */
  constructor(page: Page) {
    page.on(
      "websocket",
      (socket) =>
        socket.on("framereceived", ({ payload }) => this.#take(`${payload}`)),
    );
  }

  /** Numbers of events that never came. */
  get missing(): number[] {
    const start = (this.#start ?? 0) + 1;
    const all = Array.from(
      { length: Math.max(0, this.#last - start + 1) },
      (_, index) => start + index,
    );
    return all.filter((seq) => !this.#seen.has(seq));
  }

  #take(text: string): void {
    const { method, params, result } = Frame.parse(JSON.parse(text));
    if (result) return this.#began(result.seq, result.snapshot !== undefined);
    if (method === undefined || params === undefined) return;
    const { seq } = params;
    const before = this.#seen.get(seq);
    if (before !== undefined && before !== text) this.ambiguous.push(seq);
    this.#seen.set(seq, text);
    this.#last = Math.max(this.#last, seq);
  }

  /** A snapshot says what the events up to it would have said. */
  #began(seq: number, isSnapshot: boolean): void {
    const isFirst = this.#start === undefined;
    if (!isFirst && !isSnapshot) return;
    if (!isFirst) this.snapshots++;
    this.#start = Math.max(this.#start ?? 0, seq);
  }
}
