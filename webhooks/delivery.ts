/**
 * What is sent to one receiver, and what is known of its attempts.
 *
 * @module
 */
import type { Announced } from "../rooms/announcements.ts";

/** An announcement on its way to one receiver. */
export type Delivery = {
  /** Counts the deliveries of this service, over restarts. */
  readonly number: number;
  /** The address. */
  readonly receiver: string;
  readonly room: string;
  readonly epoch: number;
  readonly seq: number;
  readonly type: string;
  /** The same in each attempt, and for each receiver: `webhook-id`. */
  readonly messageId: string;
  /** Milliseconds since 1970 of what it tells. */
  readonly at: number;
  /** JSON. */
  readonly body: string;
};

/** A delivery that was given up. */
export type DeadLetter = Delivery & {
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly diedAt: number;
  /** Of the last attempt, in words. */
  readonly reason: string;
};

/** `type`, `timestamp` and `data`, as Standard Webhooks recommends. */
export function bodyOf({ announcement, at, ...numbers }: Announced): string {
  const { type, ...fields } = announcement;
  const { room, epoch, seq } = numbers;
  return JSON.stringify({
    type,
    timestamp: new Date(at).toISOString(),
    data: { room, epoch, seq, ...fields },
  });
}
