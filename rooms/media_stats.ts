/**
 * What the media server measures of some of a room's media. It is asked for at
 * most so much, with a deadline: who looks at a room must not slow it down.
 *
 * @module
 */
import * as z from "zod";
import { Id } from "../protocol/mod.ts";
import { type AskedLink, askSfu } from "../sfu/ask.ts";
import type { SfuParams } from "../sfu/methods.ts";

/** Of each kind. */
const MAX_ASKED = 100;
/** Shorter than one process waits for another: it is to get what is there. */
const DEADLINE_MS = 1_500;

const ids = z.array(Id).max(MAX_ASKED);

export const StatsRequest = z.object({
  /** Of the room as who asks has seen it. */
  epoch: z.int(),
  routerId: Id,
  transportIds: ids,
  producerIds: ids,
  consumerIds: ids,
});
export type StatsRequest = z.infer<typeof StatsRequest>;

/** mediasoup's own, in the order in which they were asked for; `null`: unknown. */
const stats = z.array(z.array(z.unknown()).nullable()).max(MAX_ASKED);

export const MediaStats = z.object({
  transports: stats,
  producers: stats,
  consumers: stats,
});
export type MediaStats = z.infer<typeof MediaStats>;

type StatsMethod =
  | "getTransportStats"
  | "getProducerStats"
  | "getConsumerStats";

/** As many of them as may be asked for. */
export const askedOf = <T>(items: readonly T[]): readonly T[] =>
  items.slice(0, MAX_ASKED);

/** Of a room that is here; `null`: it is not, or not the one that is meant. */
export async function statsOf(
  room: { readonly epoch: number } | undefined,
  link: AskedLink,
  asked: StatsRequest,
): Promise<MediaStats | null> {
  const { epoch, routerId, transportIds, producerIds, consumerIds } = asked;
  if (room?.epoch !== epoch) return null;
  const ask = async (method: StatsMethod, params: SfuParams<StatsMethod>) => {
    const options = { deadlineMs: DEADLINE_MS, epoch };
    const result = await askSfu<StatsMethod>(link, method, params, options);
    return result?.stats ?? null;
  };
  const [transports, producers, consumers] = await Promise.all([
    all(
      transportIds,
      (transportId) => ask("getTransportStats", { routerId, transportId }),
    ),
    all(
      producerIds,
      (producerId) => ask("getProducerStats", { routerId, producerId }),
    ),
    all(
      consumerIds,
      (consumerId) => ask("getConsumerStats", { routerId, consumerId }),
    ),
  ]);
  return { transports, producers, consumers };
}

const all = <T, R>(items: readonly T[], act: (item: T) => Promise<R>) =>
  Promise.all(items.map(act));
