/**
 * What processes say to each other about connections and rooms. Those of the
 * *holder*, which has the socket, and those of the *owner*, which has the room.
 *
 * @module
 */
import * as z from "zod";
import { closeCodes, type CloseName } from "../../../protocol/mod.ts";
import type { AdminCommand, AdminOutcome, RoomSummary } from "../../admin.ts";
import type { Admission } from "../../core/input.ts";
import type { MediaStats, StatsRequest } from "../../media_stats.ts";

/** Between processes of one version or the next: checked for what it is, not for what is in it. */
const data = <T>() =>
  z.custom<T>((value) => typeof value === "object" && value !== null);

export type Question =
  | { readonly type: "list" }
  | {
    readonly type: "command";
    readonly room: string;
    readonly command: AdminCommand;
  }
  | {
    readonly type: "stats";
    readonly room: string;
    readonly asked: StatsRequest;
  };

export type Reply =
  | { readonly type: "list"; readonly rooms: RoomSummary[] }
  | { readonly type: "command"; readonly outcome: AdminOutcome }
  | { readonly type: "stats"; readonly stats: MediaStats | null };

const connection = z.string();
const isCloseName = (name: unknown): boolean =>
  typeof name === "string" && Object.hasOwn(closeCodes, name);

export const Message = z.discriminatedUnion("type", [
  /** From the holder: somebody wants to come in. */
  z.object({
    type: z.literal("open"),
    connection,
    room: z.string(),
    admission: data<Admission>(),
    address: z.string().optional(),
    /** Nobody has the room: the owner-to-be may take it. */
    mayPlace: z.boolean(),
  }),
  z.object({ type: z.literal("said"), connection, text: z.string() }),
  z.object({ type: z.literal("gone"), connection, clean: z.boolean() }),

  /** From the owner: the room has the connection now; or it is not there. */
  z.object({ type: z.literal("taken"), connection }),
  z.object({ type: z.literal("elsewhere"), connection }),
  z.object({ type: z.literal("say"), connection, text: z.string() }),
  z.object({
    type: z.literal("close"),
    connection,
    code: z.custom<CloseName>(isCloseName),
  }),
  z.object({ type: z.literal("guessed"), connection }),

  /** From anybody: the beacon of a page that goes. */
  z.object({
    type: z.literal("left"),
    room: z.string(),
    sessionId: z.string(),
    secretHash: z.string(),
  }),
  /** A room was given up, and is wanted to go on there. */
  z.object({ type: z.literal("take"), room: z.string() }),
  z.object({ type: z.literal("ask"), id: z.int(), question: data<Question>() }),
  z.object({ type: z.literal("answer"), id: z.int(), reply: data<Reply>() }),
]);
export type Message = z.infer<typeof Message>;
