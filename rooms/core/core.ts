/**
 * The core as whoever runs it sees it.
 *
 * @module
 */
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";

/** As `Room` implements it. */
export interface Core {
  /** Milliseconds since 1970 at which it wants a `tick`; `Infinity` for never. */
  readonly deadline: number;
  handle(input: Input, now: number): Effect[];
  /** All that is to outlive the process. */
  snapshot(): Uint8Array<ArrayBuffer>;
}

/**
 * Runs one step, which does what its input wants and gives what that was. For
 * who follows requests to what they bring about.
 */
export type TraceStep = (
  room: string,
  input: Input,
  step: () => readonly Effect[],
) => void;
