/** The service as all else in the world sees it, however many processes it is. */
import type { AdminCommand } from "../../rooms/core/input.ts";
import type { Gate } from "./network.ts";
import type { Act } from "./plan.ts";
import type { Watched } from "./watched.ts";

/** What a world may be without, to see that it is missed. */
export type Fence =
  /** The sidecar refuses owners of the past. */
  | "sfu"
  /** So does Redis. */
  | "redis"
  /** Each connection, and each token, is for one room. */
  | "rooms"
  /** The next owner knows who was sent to another room, and who is banned. */
  | "orders"
  /** What an operator is told to be done is done. */
  | "deeds"
  /** Processes find rooms that nobody has. */
  | "orphans"
  /** Processes know of each other. */
  | "nodes"
  /** Redis keeps all that is announced. */
  | "events";

export interface Backend {
  /** Whatever they say, tokens are expired until then. */
  tokensExpireUntil: number;
  busyUntil: number;
  /** Since when nothing that was said in a room has been lost with a process. */
  crashedAt(room: string): number;
  /** If there is one of that name. */
  room(name: string): Watched | undefined;
  /** Where a new connection arrives, of a machine of this name. */
  gate(from: string): Gate;
  /** Heard when the process is awake. */
  admin(room: string, command: AdminCommand): void;
  /** Whether everybody could come in for so many milliseconds. */
  wasOpen(room: string, ms: number): boolean;
  /** Whether a former owner has the room again, which nobody could know. */
  isUnwatched(room: string): boolean;
  /** Whether somebody is kept out, with all pages. */
  isBanned(room: string, identity: string): boolean;
  /** Whether what clients were told last may not have been kept, or lately was not. */
  isForgiven(room: string, latelyMs?: number): boolean;
  /** What a client was handed, by its hash. */
  plainOf(hash: string): string;
  /** When all is calm. */
  check(): void;
  /** Whether that is something that happens to it. */
  perform(act: Act): boolean;
}
