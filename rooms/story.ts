/**
 * What a room announces from its beginning to its end, counted, and with an end
 * also where the room could not say so.
 *
 * @module
 */
import type { EndReason } from "../protocol/mod.ts";
import type { RoomAnnouncement } from "./announcements.ts";
import type { Announcement } from "./core/effect.ts";

export class Story {
  readonly #room: string;
  readonly #epoch: number;
  readonly #tell: (announcement: RoomAnnouncement) => void;
  #seq: number;
  /** As the room has given it. */
  #reason: EndReason | undefined;

  /** `announced`: how much, while the room had another owner. */
  constructor(
    room: string,
    epoch: number,
    tell: (announcement: RoomAnnouncement) => void = () => {},
    announced = 0,
  ) {
    this.#room = room;
    this.#epoch = epoch;
    this.#tell = tell;
    this.#seq = announced;
  }

  add(announcement: Announcement): void {
    if (announcement.type === "roomEnded") {
      this.#reason = reasonOf(announcement);
    }
    this.#seq += 1;
    this.#tell({
      room: this.#room,
      epoch: this.#epoch,
      seq: this.#seq,
      announcement,
    });
  }

  /** Why it has ended; whoever heard of the room hears of its crash, too. */
  end(): EndReason {
    const reason = this.#reason ?? "nodeCrashed";
    const isOpen = this.#reason === undefined && this.#seq > 0;
    if (isOpen) this.add({ type: "roomEnded", reason });
    return reason;
  }
}

/** Where the room was empty, all who were in it had been evicted. */
function reasonOf(
  { reason }: Extract<Announcement, { type: "roomEnded" }>,
): EndReason {
  return reason === "empty" ? "networkDisconnect" : reason;
}
