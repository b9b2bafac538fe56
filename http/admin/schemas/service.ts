import { z } from "@hono/zod-openapi";
import { IceServer as Server, RoomName } from "../../../protocol/mod.ts";
import { WorkerStatus } from "../../../sfu/methods.ts";
import { Time } from "./common.ts";

export const ServiceStatus = z.object({
  state: z.enum(["open", "draining", "closing"]).meta({
    description:
      "`draining`: no room begins; those that are there go on, and take joins",
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

export const Event = z.looseObject({
  id: z.int().meta({ description: "Grows, also over a restart" }),
  room: RoomName,
  epoch: z.int(),
  seq: z.int().meta({
    description: "Counts the events of a room in an epoch, without gaps",
  }),
  at: Time,
  type: z.string(),
}).meta({ id: "Event", description: "What a room has announced" });
