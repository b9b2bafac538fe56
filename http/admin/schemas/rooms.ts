import { z } from "@hono/zod-openapi";
import {
  AppData,
  Identity,
  Policy as RoomPolicy,
  PolicyPatch as Patch,
  RoomName,
} from "../../../protocol/mod.ts";
import {
  RoomDescription,
  RoomSummary as Summary,
} from "../../../rooms/admin.ts";
import { BanSeconds, Time } from "./common.ts";

export const Policy = RoomPolicy.meta({
  id: "Policy",
  description: "What a room allows and how it keeps time",
});

export const PolicyPatch = Patch.meta({
  id: "PolicyPatch",
  description: "Some of a policy; what is not named stays as it is",
});

export const RoomSummary = Summary.meta({ id: "RoomSummary" });

const Router = z.object({
  ...RoomDescription.shape.router.shape,
}).meta({ description: "The room's router in the media server" });

export const Room = Summary.extend({
  policy: Policy,
  sfu: RoomDescription.shape.sfu,
  router: Router,
  bans: z.int().meta({ description: "How many identities are kept out" }),
}).meta({ id: "Room" });
export type Room = z.infer<typeof Room>;

export const RoomCreation = z.strictObject({
  name: RoomName,
  policy: PolicyPatch.optional().meta({
    description: "The rest is as the settings of the service say",
  }),
}).meta({ id: "RoomCreation" });

export const RoomChange = z.strictObject({ policy: PolicyPatch })
  .meta({ id: "RoomChange" });

export const Ban = z.object({ identity: Identity, until: Time })
  .meta({ id: "Ban", description: "An identity that is kept out" });

export const BanCreation = z.strictObject({
  seconds: BanSeconds.meta({ description: "From now on" }),
}).meta({ id: "BanCreation" });

export const Message = z.strictObject({
  to: z.array(z.string().min(1).max(64)).min(1).max(1_000).optional()
    .meta({ description: "Session ids; everybody if it is not given" }),
  topic: z.string().max(64)
    .refine((topic) => topic.isWellFormed(), "half a surrogate pair"),
  body: AppData.meta({ description: "Any JSON" }),
}).meta({ id: "Message", description: "A message from the service" });
