/**
 * How fast something may come: a leaky bucket, of which it is enough to know
 * when it will have run empty.
 *
 * @module
 */

import type { Policy } from "../../protocol/mod.ts";

export type Pace = {
  readonly perSecond: number;
  /** What may come at once. */
  readonly burst: number;
};

/** Of the messages of a client. */
export const paceOf = (
  { maxMessagesPerSecond, maxMessageBurst }: Policy,
): Pace => ({ perSecond: maxMessagesPerSecond, burst: maxMessageBurst });

/** When the bucket will be empty, with `amount` more in it. */
export const pour = (
  emptyAt: number,
  amount: number,
  { perSecond }: Pace,
  now: number,
): number => Math.max(emptyAt, now) + amount * 1_000 / perSecond;

/** Milliseconds until the bucket holds no more than it may; 0: now. */
export const overflow = (
  emptyAt: number,
  { perSecond, burst }: Pace,
  now: number,
): number => Math.max(0, Math.ceil(emptyAt - now - burst * 1_000 / perSecond));
