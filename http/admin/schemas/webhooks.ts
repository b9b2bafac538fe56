import { z } from "@hono/zod-openapi";
import { RoomName } from "../../../protocol/mod.ts";
import { Time } from "./common.ts";

export const DeadLetter = z.object({
  number: z.int(),
  receiver: z.string().meta({ description: "Its address" }),
  room: RoomName,
  epoch: z.int(),
  seq: z.int(),
  type: z.string(),
  messageId: z.string().meta({ description: "The header `webhook-id`" }),
  at: Time,
  body: z.string().meta({ description: "JSON, as it was to be received" }),
  attempts: z.int(),
  diedAt: Time,
  reason: z.string().meta({ description: "Of the last attempt" }),
}).meta({
  id: "DeadLetter",
  description: "A webhook that was given up",
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterPath = z.object({
  number: z.string().regex(/^\d{1,15}$/, "a whole number"),
});
