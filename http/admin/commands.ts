/**
 * Commands to rooms, with what a room refuses thrown as the problem that it is.
 *
 * @module
 */
import type {
  AdminCommand,
  AdminOutcome,
  AdminRefusal,
  ParticipantDescription,
  RoomDescription,
  RoomsAdmin,
  RoomSummary,
} from "../../rooms/admin.ts";
import { Refusal } from "./refusal.ts";

/** Another process has the room by then, or Redis is back. */
const RETRY_AFTER_S = "5";

const refusals = {
  roomNotFound: [404, "There is no such room"],
  roomEnded: [404, "The room has ended"],
  unavailable: [
    503,
    "The room does not answer: what was asked may be done, or not",
  ],
  noSuchParticipant: [404, "There is no such participant in the room"],
  noSuchTrack: [404, "The participant has no such track"],
  invalidPolicy: [400, "The policy contradicts itself"],
  sameRoom: [409, "The participant is in that room"],
  messageTooLarge: [413, "The message is larger than the room allows"],
  metadataTooLarge: [413, "The metadata is larger than the room allows"],
  tooMany: [409, "The room keeps as many of these as it can"],
} as const satisfies Record<AdminRefusal, readonly [number, string]>;

export function refusal(reason: AdminRefusal, detail?: string): Refusal {
  const [status, message] = refusals[reason];
  const whole = detail === undefined ? message : `${message}: ${detail}`;
  const headers = status === 503 ? { "Retry-After": RETRY_AFTER_S } : {};
  return new Refusal(status, whole, { reason, headers });
}

type Granted = Exclude<AdminOutcome, { type: "refused" }>;

/** @throws {Refusal} */
export async function command(
  rooms: RoomsAdmin,
  room: string,
  command: AdminCommand,
): Promise<Granted> {
  const outcome = await rooms.command(room, command);
  if (outcome.type !== "refused") return outcome;
  throw refusal(outcome.reason, outcome.detail);
}

/** @throws {Refusal} */
export async function describeRoom(
  rooms: RoomsAdmin,
  name: string,
): Promise<RoomDescription> {
  const outcome = await command(rooms, name, { type: "describe" });
  if (outcome.type === "room") return outcome.room;
  throw new TypeError(`Cannot describe a room by an answer ${outcome.type}`);
}

/** @throws {Refusal} */
export async function summarizeRoom(
  rooms: RoomsAdmin,
  name: string,
): Promise<RoomSummary> {
  const outcome = await command(rooms, name, { type: "summarize" });
  if (outcome.type === "summary") return outcome.room;
  throw new TypeError(`Cannot summarize a room by an answer ${outcome.type}`);
}

/** @throws {Refusal} */
export function findParticipant(
  { participants }: RoomDescription,
  sessionId: string,
): ParticipantDescription {
  const found = participants.find((one) => one.sessionId === sessionId);
  if (found) return found;
  throw refusal("noSuchParticipant");
}
