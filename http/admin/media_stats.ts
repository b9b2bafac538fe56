/**
 * What the media server measures of a participant's media. It is asked for at
 * most so much, with a deadline: who looks at a room must not slow it down.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type {
  ParticipantDescription,
  RoomDescription,
} from "../../rooms/admin.ts";
import type { SfuParams } from "../../sfu/methods.ts";
import { type AskedLink, askSfu } from "./ask_sfu.ts";
import type {
  Participant,
  StreamStats,
  TransportStats,
} from "./schemas/participants.ts";

/** Of one participant; the rest stays unknown. */
const MAX_CONSUMERS = 100;

type StatsMethod =
  | "getTransportStats"
  | "getProducerStats"
  | "getConsumerStats";
type Params = SfuParams<StatsMethod>;
type Ask = (method: StatsMethod, params: Params) => Promise<unknown[] | null>;

export async function withStats(
  participant: ParticipantDescription,
  room: RoomDescription,
  link: AskedLink,
): Promise<Participant> {
  const { id: routerId } = room.router;
  if (routerId === undefined) return withoutStats(participant);
  const ask = askFor(room.epoch, link);
  const { transports, producers, consumers } = participant;
  const [transportStats, producerStats, consumerStats] = await Promise.all([
    all(
      transports,
      ({ transportId }) => ask("getTransportStats", { routerId, transportId }),
    ),
    all(
      producers,
      ({ producerId }) => ask("getProducerStats", { routerId, producerId }),
    ),
    all(
      consumers.slice(0, MAX_CONSUMERS),
      ({ consumerId }) => ask("getConsumerStats", { routerId, consumerId }),
    ),
  ]);
  return {
    ...participant,
    transports: transports.map((transport, i) => ({
      ...transport,
      stats: readTransport(transportStats[i]),
    })),
    producers: producers.map((producer, i) => ({
      ...producer,
      streams: readStreams(producerStats[i], "inbound-rtp"),
    })),
    consumers: consumers.map((consumer, i) => ({
      ...consumer,
      streams: readStreams(consumerStats[i], "outbound-rtp"),
    })),
  };
}

export function withoutStats(participant: ParticipantDescription): Participant {
  const { transports, producers, consumers } = participant;
  return {
    ...participant,
    transports: transports.map((one) => ({ ...one, stats: null })),
    producers: producers.map((one) => ({ ...one, streams: null })),
    consumers: consumers.map((one) => ({ ...one, streams: null })),
  };
}

const all = <T, R>(items: readonly T[], act: (item: T) => Promise<R>) =>
  Promise.all(items.map(act));

const askFor =
  (epoch: number, link: AskedLink): Ask => async (method, params) =>
    (await askSfu<StatsMethod>(link, method, params, epoch))?.stats ?? null;

const count = z.number().catch(0);

const TransportStat = z.object({
  type: z.literal("webrtc-transport"),
  bytesReceived: count,
  bytesSent: count,
  recvBitrate: count,
  sendBitrate: count,
  availableOutgoingBitrate: z.number().optional(),
  iceSelectedTuple: z.object({
    protocol: z.enum(["udp", "tcp"]),
    localAddress: z.string(),
    localPort: z.int(),
    remoteIp: z.string(),
    remotePort: z.int(),
  }).optional().catch(undefined),
});

function readTransport(
  stats: unknown[] | null | undefined,
): TransportStats | null {
  const read = TransportStat.safeParse(stats?.[0]);
  if (!read.success) return null;
  const { recvBitrate, sendBitrate, bytesReceived, bytesSent } = read.data;
  const { availableOutgoingBitrate, iceSelectedTuple } = read.data;
  return {
    bytesReceived,
    bytesSent,
    receiveBitrate: recvBitrate,
    sendBitrate,
    ...(availableOutgoingBitrate !== undefined && { availableOutgoingBitrate }),
    ...(iceSelectedTuple && { selected: selected(iceSelectedTuple) }),
  };
}

type Tuple = NonNullable<z.output<typeof TransportStat>["iceSelectedTuple"]>;

const selected = ({ remoteIp, ...rest }: Tuple) => ({
  ...rest,
  remoteAddress: remoteIp,
});

const StreamStat = z.object({
  type: z.enum(["inbound-rtp", "outbound-rtp"]),
  ssrc: z.number().optional(),
  rid: z.string().optional(),
  bitrate: count,
  score: count,
  packetCount: count,
  packetsLost: count,
  roundTripTime: z.number().optional(),
});

/** A consumer's stats have those of its producer beside its own. */
function readStreams(
  stats: unknown[] | null | undefined,
  type: "inbound-rtp" | "outbound-rtp",
): StreamStats[] | null {
  if (!stats) return null;
  return stats.flatMap((stat) => {
    const read = StreamStat.safeParse(stat);
    if (!read.success || read.data.type !== type) return [];
    const { ssrc, rid, bitrate, score, packetCount, packetsLost } = read.data;
    const { roundTripTime } = read.data;
    return [{
      bitrate,
      score,
      packets: packetCount,
      packetsLost,
      ...(ssrc !== undefined && { ssrc }),
      ...(rid !== undefined && { rid }),
      ...(roundTripTime !== undefined && { roundTripMs: roundTripTime }),
    }];
  });
}
