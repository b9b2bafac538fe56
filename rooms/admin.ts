/**
 * The operator's door to the rooms, wherever they run.
 *
 * @module
 */
import type { PolicyPatch } from "../protocol/mod.ts";
import type { AdminCommand, AdminOutcome } from "./core/admin/command.ts";
import type { RoomSummary } from "./core/admin/description.ts";
import type { MediaStats, StatsRequest } from "./media_stats.ts";

export type {
  AdminCommand,
  AdminOutcome,
  AdminRefusal,
} from "./core/admin/command.ts";
export {
  ParticipantDescription,
  RoomDescription,
  RoomSummary,
} from "./core/admin/description.ts";

export type RoomsState = "open" | "draining" | "closing";

export type Creation =
  | "created"
  /** A room of this name is there, with the policy that it has. */
  | "exists"
  /** There are as many rooms as may be. */
  | "full"
  /** No room begins any more. */
  | "draining"
  /** It is not known whether there is a room of this name. */
  | "unavailable"
  | "invalidPolicy";

/** What it answers may come from another process. */
export interface RoomsAdmin {
  /** `draining`: no room begins; those that are there go on, and take joins. */
  readonly state: RoomsState;
  list(): Promise<RoomSummary[]>;
  /** One that nobody joins lives as long as its `emptyRoomMs`. */
  create(name: string, policy: PolicyPatch): Promise<Creation>;
  /** Refused with `roomNotFound` where there is no such room. */
  command(room: string, command: AdminCommand): Promise<AdminOutcome>;
  /** `null`: the room is not there any more, or whoever has it does not say. */
  getStats(room: string, asked: StatsRequest): Promise<MediaStats | null>;
  drain(): void;
  /** Has no effect once it is closing. */
  undrain(): void;
}
