/**
 * A room as an operator sees it. Times are milliseconds since 1970.
 *
 * @module
 */
import * as z from "zod";
import {
  DataProducerInfo,
  DisplayName,
  Grants,
  Id,
  Identity,
  MediaState,
  Policy,
  ProducerInfo,
  RoomName,
} from "../../../protocol/mod.ts";
import { DtlsState, IceState } from "../../../sfu/methods.ts";

export const RoomSummary = z.object({
  name: RoomName,
  /** Grows from one stay of the room to the next. */
  epoch: z.int(),
  createdAt: z.number(),
  /** All who are in the room, those who are reconnecting included. */
  participants: z.int(),
  reconnecting: z.int(),
  producers: z.int(),
  consumers: z.int(),
  /** Events that clients have not acknowledged. */
  log: z.object({ events: z.int(), bytes: z.int() }),
});
export type RoomSummary = z.infer<typeof RoomSummary>;

const onTransport = z.object({ transportId: Id });

export const ParticipantDescription = z.object({
  sessionId: Id,
  identity: Identity,
  name: DisplayName,
  metadata: z.unknown().optional(),
  /** `resuming`: back on another connection, which is not answered yet. */
  state: z.enum(["connected", "reconnecting", "resuming"]),
  joinedAt: z.number(),
  /** While `reconnecting`: when the place is given up. */
  graceUntil: z.number().optional(),
  /** Milliseconds; `null`: not measured yet. */
  roundTripMs: z.number().nullable(),
  tokenExpiresAt: z.number(),
  grants: Grants,
  mediaState: MediaState,
  transports: z.array(onTransport.extend({
    direction: z.enum(["send", "recv"]),
    ice: IceState,
    dtls: DtlsState,
  })),
  producers: z.array(ProducerInfo.extend({
    transportId: Id,
    /** Whether an operator has muted it. */
    mutedByServer: z.boolean(),
  })),
  consumers: z.array(onTransport.extend({ consumerId: Id, producerId: Id })),
  dataProducers: z.array(DataProducerInfo.extend({ transportId: Id })),
  dataConsumers: z.array(
    onTransport.extend({ dataConsumerId: Id, dataProducerId: Id }),
  ),
  /** Events that the client has not acknowledged. */
  log: z.object({ events: z.int(), bytes: z.int() }),
});
export type ParticipantDescription = z.infer<typeof ParticipantDescription>;

export const RoomDescription = z.object({
  name: RoomName,
  epoch: z.int(),
  createdAt: z.number(),
  policy: Policy,
  /** Whether the media server can be reached. */
  sfu: z.enum(["up", "down"]),
  router: z.object({
    state: z.enum(["none", "creating", "ready", "lost"]),
    id: Id.optional(),
  }),
  bans: z.array(z.object({ identity: Identity, until: z.number() })),
  participants: z.array(ParticipantDescription),
});
export type RoomDescription = z.infer<typeof RoomDescription>;
