/**
 * What an operator can ask of a room. Commands and outcomes are plain data, so
 * that they can cross from one process to another.
 *
 * @module
 */
import type { GrantsPatch, PolicyPatch } from "../../../protocol/mod.ts";
import type { RoomDescription, RoomSummary } from "./description.ts";

export type AdminCommand =
  /** Answered by `room`. */
  | { readonly type: "describe" }
  /** Answered by `summary`, which costs less. */
  | { readonly type: "summarize" }
  | {
    readonly type: "closeRoom";
    readonly reason: "roomClosed" | "serverShutdown";
  }
  /** Holds at once; clients are told (`policyChanged`). */
  | { readonly type: "setPolicy"; readonly policy: PolicyPatch }
  /** Ends a session, and keeps its identity out for `banMs`. */
  | {
    readonly type: "removeParticipant";
    readonly sessionId: string;
    readonly banMs?: number;
  }
  /** Ends all sessions of an identity, and keeps it out. */
  | { readonly type: "ban"; readonly identity: string; readonly banMs: number }
  | { readonly type: "unban"; readonly identity: string }
  /** While it stands, the owner of the track cannot unmute it. */
  | {
    readonly type: "setMuted";
    readonly sessionId: string;
    /** Of the track. */
    readonly key: string;
    readonly muted: boolean;
  }
  /** What is not given stays as it is. */
  | {
    readonly type: "updateParticipant";
    readonly sessionId: string;
    readonly grants?: GrantsPatch;
    readonly name?: string;
    readonly metadata?: unknown;
  }
  /** Its client is told where to go, and has a while to go there by itself. */
  | {
    readonly type: "moveParticipant";
    readonly sessionId: string;
    readonly room: string;
    /** For that room, and for the same identity. */
    readonly token: string;
  }
  /** A message from the service to everybody, or to those that are named. */
  | {
    readonly type: "sendMessage";
    /** By their sessions. */
    readonly to?: readonly string[];
    readonly topic: string;
    readonly body: unknown;
  };

const known = {
  describe: true,
  summarize: true,
  closeRoom: true,
  setPolicy: true,
  removeParticipant: true,
  ban: true,
  unban: true,
  setMuted: true,
  updateParticipant: true,
  moveParticipant: true,
  sendMessage: true,
} as const satisfies Record<AdminCommand["type"], true>;

/** Whether it is one of these; another process may send others. */
export const isKnown = (command: Partial<AdminCommand> | undefined): boolean =>
  command?.type !== undefined && Object.hasOwn(known, command.type);

export type AdminRefusal =
  | "roomNotFound"
  | "roomEnded"
  /** Who has the room does not answer: it may be done, or not. */
  | "unavailable"
  | "noSuchParticipant"
  | "noSuchTrack"
  | "invalidPolicy"
  /** A move to the room in which the participant is. */
  | "sameRoom"
  | "messageTooLarge"
  | "metadataTooLarge"
  /** The room keeps as many bans, or mutes, as it can. */
  | "tooMany";

/** Every command has exactly one. */
export type AdminOutcome =
  | { readonly type: "done" }
  | { readonly type: "room"; readonly room: RoomDescription }
  | { readonly type: "summary"; readonly room: RoomSummary }
  | {
    readonly type: "refused";
    readonly reason: AdminRefusal;
    readonly detail?: string;
  };

export const done = { type: "done" } as const satisfies AdminOutcome;

export const refused = (
  reason: AdminRefusal,
  detail?: string,
): AdminOutcome =>
  detail === undefined
    ? { type: "refused", reason }
    : { type: "refused", reason, detail };
