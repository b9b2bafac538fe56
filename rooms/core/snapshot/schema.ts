/**
 * What of a room is kept for whoever takes it up again: all that its clients
 * rely on, and nothing that belongs to connections or to calls under way. Times
 * are those of the room's clock; `at` is when it was taken.
 *
 * @module
 */
import * as z from "zod";
import {
  DataProducerInfo,
  Grants,
  GrantsPatch,
  MediaState,
  Policy,
  ProducerInfo,
  RtpCapabilities,
} from "../../../protocol/mod.ts";
import { EndReason } from "../../../protocol/model.ts";
import { DtlsState, IceState } from "../../../sfu/methods.ts";

/** Another one means that what was kept cannot be read any more. */
export const VERSION = 1;

const seq = z.int().min(0);
const index = z.int().min(0);
const Budget = z.object({ since: z.number(), spent: z.int() });

export const Fork = z.object({ epoch: z.number(), seq });

const Transport = z.object({
  id: z.string(),
  /** Of the capabilities that it receives with; missing: it sends. */
  capabilities: index.optional(),
  ice: IceState,
  dtls: DtlsState,
  handshake: z.union([
    z.enum(["none", "done"]),
    z.object({ until: z.number() }),
  ]),
});

/** Ids, those of the transports, and of what is consumed. */
const Consumer = z.tuple([z.string(), z.string(), z.string()]);

const Media = z.object({
  transports: z.array(Transport),
  producers: z.array(z.object({ transportId: z.string(), info: ProducerInfo })),
  dataProducers: z.array(
    z.object({ transportId: z.string(), info: DataProducerInfo }),
  ),
  consumers: z.array(Consumer),
  dataConsumers: z.array(Consumer),
  muted: z.array(z.string()),
  held: z.array(z.string()).nullable(),
  restartBudget: Budget.nullable(),
  reported: MediaState.nullable(),
  state: MediaState,
});

const Incident = z.object({
  trigger: z.enum(["silence", "socketClosed"]),
  startedAt: z.number(),
  lostAt: z.number(),
  resumed: z.object({ at: z.number(), until: z.number() }).nullable(),
});

const Session = z.object({
  id: z.string(),
  identity: z.string(),
  name: z.string(),
  metadata: z.unknown().optional(),
  joinedAt: z.number(),
  heardAt: z.number(),
  /** `null`: it was not lost. */
  graceUntil: z.number().nullable(),
  credentials: z.object({
    proven: z.string(),
    handed: z.array(z.string()),
    wrong: Budget.nullable(),
    attempt: z.number(),
  }),
  access: z.object({
    grants: Grants,
    changed: GrantsPatch.nullable(),
    expiresAt: z.number(),
  }),
  goneBy: z.number().nullable(),
  roundTripMs: z.number().nullable(),
  seq,
  /** The bodies of the last events, of which the last one has `seq`. */
  log: z.array(index),
  forks: z.array(Fork),
  /** To requests that may be sent again. */
  answers: z.array(
    z.object({ id: z.int(), text: z.string(), at: z.number() }),
  ),
  incident: Incident.nullable(),
  media: Media.nullable(),
});

const Router = z.object({
  id: z.string(),
  /** `null`: it is lost, and another is wanted. */
  rtpCapabilities: RtpCapabilities.nullable(),
});

export const Snapshot = z.object({
  version: z.literal(VERSION),
  name: z.string(),
  epoch: z.number(),
  at: z.number(),
  createdAt: z.number(),
  /** Of its first owner; missing: its time of creation. */
  firstEpoch: z.number().optional(),
  /** How many announcements there were. */
  announced: z.int().min(0),
  policy: Policy,
  router: Router.nullable(),
  bans: z.array(z.tuple([z.string(), z.number()])),
  ended: z.array(z.tuple([z.string(), EndReason])),
  /** Said once, and meant by their places: what many receivers share. */
  bodies: z.array(z.tuple([z.string(), z.string()])),
  capabilities: z.array(RtpCapabilities),
  sessions: z.array(Session),
});
export type Snapshot = z.output<typeof Snapshot>;
export type SessionSnapshot = Snapshot["sessions"][number];
export type MediaSnapshot = z.output<typeof Media>;
