import { z } from "@hono/zod-openapi";
import {
  AppData,
  DisplayName,
  Grants as AllGrants,
  GrantsPatch as Patch,
  RoomName,
} from "../../../protocol/mod.ts";
import { ParticipantDescription } from "../../../rooms/admin.ts";
import { MAX_BAN_S } from "./common.ts";

const described = ParticipantDescription.shape;

export const Grants = AllGrants.meta({
  id: "Grants",
  description: "What a participant may do",
});
export const GrantsPatch = Patch.meta({
  id: "GrantsPatch",
  description: "Some rights; those that are not named stay as they are",
});

const bitsPerSecond = z.number().meta({ description: "Bits per second" });
const ms = z.number().meta({ description: "Milliseconds" });

export const TransportStats = z.object({
  bytesReceived: z.number(),
  bytesSent: z.number(),
  receiveBitrate: bitsPerSecond,
  sendBitrate: bitsPerSecond,
  availableOutgoingBitrate: bitsPerSecond.optional(),
  selected: z.object({
    protocol: z.enum(["udp", "tcp"]),
    localAddress: z.string(),
    localPort: z.int(),
    remoteAddress: z.string(),
    remotePort: z.int(),
  }).optional().meta({ description: "The pair that ICE has selected" }),
}).meta({ id: "TransportStats" });
export type TransportStats = z.infer<typeof TransportStats>;

export const StreamStats = z.object({
  ssrc: z.number().optional(),
  rid: z.string().optional(),
  bitrate: bitsPerSecond,
  score: z.number().meta({
    description: "From 0 (nothing arrives) to 10 (perfect)",
  }),
  packets: z.number(),
  packetsLost: z.number(),
  roundTripMs: ms.optional(),
}).meta({ id: "StreamStats", description: "One RTP stream" });
export type StreamStats = z.infer<typeof StreamStats>;

const unknown =
  "`null`: the media server has not said in time, or was not asked";
const Streams = z.array(StreamStats).nullable().meta({
  description: `One of each encoding. ${unknown}`,
});

const Transport = z.object({
  ...described.transports.element.shape,
  stats: TransportStats.nullable().meta({ description: unknown }),
});
const Producer = z.object({
  ...described.producers.element.shape,
  streams: Streams,
});
const Consumer = z.object({
  ...described.consumers.element.shape,
  streams: Streams,
});

const base = ParticipantDescription.omit({
  transports: true,
  producers: true,
  consumers: true,
}).extend({ grants: Grants });

export const ParticipantSummary = base.omit({
  dataProducers: true,
  dataConsumers: true,
}).extend({
  transports: described.transports,
  producers: described.producers,
  consumers: z.int(),
  dataProducers: z.int(),
  dataConsumers: z.int(),
}).meta({ id: "ParticipantSummary" });
export type ParticipantSummary = z.infer<typeof ParticipantSummary>;

export const Participant = base.extend({
  transports: z.array(Transport),
  producers: z.array(Producer),
  consumers: z.array(Consumer),
}).meta({ id: "Participant" });
export type Participant = z.infer<typeof Participant>;

export const ParticipantChange = z.strictObject({
  grants: GrantsPatch.optional(),
  name: DisplayName.optional(),
  metadata: AppData.optional()
    .meta({ description: "Any JSON; `null` takes it away" }),
}).meta({ id: "ParticipantChange" });

export const RemovalQuery = z.object({
  banSeconds: z.coerce.number().int().min(1).max(MAX_BAN_S).optional().meta({
    description: "For how long the identity is kept out",
  }),
});

export const Move = z.strictObject({
  room: RoomName.meta({ description: "Where to" }),
}).meta({ id: "Move" });

export const TrackChange = z.strictObject({
  muted: z.boolean().meta({
    description: "While it is muted so, its owner cannot unmute it",
  }),
}).meta({ id: "TrackChange" });
