import { z } from "@hono/zod-openapi";
import {
  IceServer as Server,
  Id,
  Identity,
  RoomName,
} from "../../../protocol/mod.ts";
import type { Announcement } from "../../../rooms/announcements.ts";
import { WorkerStatus } from "../../../sfu/methods.ts";
import { Time } from "./common.ts";

export const ServiceStatus = z.object({
  state: z.enum(["open", "draining", "closing"]).meta({
    description:
      "`draining`: no room begins; those that are there go on and take joins, where there is a Redis in other processes",
  }),
  rooms: z.int(),
  participants: z.int(),
  sfu: z.object({
    state: z.enum(["connecting", "up", "down", "closed"]),
    mediasoup: z.string().optional().meta({ description: "Its version" }),
    workers: z.array(WorkerStatus).optional(),
  }).meta({ description: "The media server, as far as it has said" }),
}).meta({ id: "ServiceStatus" });

export const IceServers = z.object({
  iceServers: z.array(Server.meta({
    id: "IceServer",
    description: "As RTCIceServer",
  })),
}).meta({ id: "IceServers" });

/** With what each says beyond the rest. */
const eventTypes = {
  roomStarted: "",
  roomEnded: "`reason`",
  mediaServerLost: "",
  mediaServerReplaced: "`lostMs`",
  participantJoined: "`name`, `metadata`",
  participantUpdated: "`name`, `metadata`, `grants`",
  participantReconnecting: "`graceMs`",
  participantReconnected: "",
  participantLeft: "`reason`, `roundTripMs`",
  producerAdded: "`producerId`, `key`, `kind`, `source`",
  producerReplaced: "the same, and `oldProducerId`",
  producerRemoved: "the same as if it was added, and `cause`",
  trackMutedByServer: "`key`, `muted`",
  recovery: "`seen`, `report`, `roundTripMs`",
} as const satisfies
  & Record<string, string>
  & Record<Announcement["type"], string>;

const TYPES = Object.entries(eventTypes)
  .map(([type, fields]) => fields === "" ? type : `${type} (${fields})`)
  .join("; ");

export const Event = z.looseObject({
  id: z.int().meta({ description: "Grows, also over a restart" }),
  room: RoomName,
  epoch: z.int(),
  seq: z.int().meta({
    description: "Counts the events of a room in an epoch, without gaps",
  }),
  at: Time,
  type: z.string().meta({
    description: `One of these, or one that is new: ${TYPES}`,
  }),
  sessionId: Id.optional().meta({ description: "Of whom it is about" }),
  identity: Identity.optional(),
}).meta({ id: "Event", description: "What a room has announced" });
