import type { RoomEvents } from "../api/room.ts";
import type { Emitter } from "../emitter.ts";
import { asHoldfastError } from "../errors.ts";
import type { Media } from "../media/media.ts";
import type { Ask } from "../signaling/signaling.ts";
import type { GraceClock } from "./grace_clock.ts";

/** What all that belongs to one room shares. */
export interface RoomContext {
  readonly ask: Ask;
  readonly media: Media;
  readonly events: Emitter<RoomEvents>;
  readonly graces: GraceClock;
}

/** For work that nobody waits for: its failure becomes an `exception`. */
export async function inBackground(
  { events }: RoomContext,
  work: Promise<unknown>,
): Promise<void> {
  try {
    await work;
  } catch (cause) {
    const error = asHoldfastError(cause, "internalError");
    // Cancelled means that it is not wanted any more.
    if (error.status !== "CANCELLED") events.emit("exception", error);
  }
}
