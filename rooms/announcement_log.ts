import type { Fields, Log } from "../log.ts";
import type { Announcement } from "./core/effect.ts";

/** What says who somebody is in the world outside, and so is in no log. */
const personal: ReadonlySet<string> = new Set(["identity", "name", "metadata"]);

export function logAnnouncement(log: Log, announcement: Announcement): void {
  const level = isStep(announcement) ? "info" : "debug";
  log[level](announcement.type, loggable(announcement));
}

/** The others come as often as clients like. */
const isStep = ({ type }: Announcement): boolean =>
  !type.startsWith("producer") && type !== "participantUpdated";

const loggable = ({ type: _, ...fields }: Announcement): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(([field]) => !personal.has(field)),
  );
