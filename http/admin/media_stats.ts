/**
 * What the media server measures of a participant's media, as operators see it.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type {
  ParticipantDescription,
  RoomDescription,
  RoomsAdmin,
} from "../../rooms/admin.ts";
import { askedOf, type MediaStats } from "../../rooms/media_stats.ts";
import type {
  Participant,
  StreamStats,
  TransportStats,
} from "./schemas/participants.ts";

export async function withStats(
  participant: ParticipantDescription,
  { name, epoch, router: { id: routerId } }: RoomDescription,
  rooms: Pick<RoomsAdmin, "getStats">,
): Promise<Participant> {
  if (routerId === undefined) return withoutStats(participant);
  const { transports, producers, consumers } = participant;
  const stats = await rooms.getStats(name, {
    epoch,
    routerId,
    transportIds: askedOf(transports).map(({ transportId }) => transportId),
    producerIds: askedOf(producers).map(({ producerId }) => producerId),
    consumerIds: askedOf(consumers).map(({ consumerId }) => consumerId),
  });
  return shown(participant, stats);
}

export const withoutStats = (
  participant: ParticipantDescription,
): Participant => shown(participant, null);

function shown(
  participant: ParticipantDescription,
  stats: MediaStats | null,
): Participant {
  const { transports, producers, consumers } = participant;
  return {
    ...participant,
    transports: transports.map((transport, i) => ({
      ...transport,
      stats: readTransport(stats?.transports[i]),
    })),
    producers: producers.map((producer, i) => ({
      ...producer,
      streams: readStreams(stats?.producers[i], "inbound-rtp"),
    })),
    consumers: consumers.map((consumer, i) => ({
      ...consumer,
      streams: readStreams(stats?.consumers[i], "outbound-rtp"),
    })),
  };
}

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
