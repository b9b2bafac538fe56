/** What is said to a person whose own connection is in trouble. */
import type { Connection, Retry, Signaling } from "../connection/connection.ts";
import type { Mark } from "../connection/history.ts";
import { secondsLeft } from "../countdown.ts";
import type { Words } from "./words.ts";

/** Undefined: there is nothing to say. `text` and `place` change by the second. */
export type OutageWords = Words & { place: string | undefined };

export function outageWords(
  { outage, signaling }: Connection,
  now: number,
  isOnline: boolean,
): OutageWords | undefined {
  switch (outage.at) {
    case "none":
      return undefined;
    case "back":
      return { title: "You’re back", text: "", place: undefined };
    case "out":
      return signaling.state === "connected"
        ? { ...mediaWords(outage.step), place: undefined }
        : {
          ...signalingWords(signaling, now, isOnline),
          place: placeWords(signaling.placeUntil, now),
        };
  }
}

type Lost = Exclude<Signaling, { state: "connected" }>;

function signalingWords(
  { state, retry }: Lost,
  now: number,
  isOnline: boolean,
): Words {
  if (!isOnline) {
    return {
      title: "You are offline",
      text: "The call goes on as soon as your network is back.",
    };
  }
  if (state === "suspected") {
    return {
      title: "The service does not answer",
      text: "Looking for another way to it…",
    };
  }
  return { title: "Your connection was lost", text: retryWords(retry, now) };
}

function retryWords(retry: Retry, now: number): string {
  if (retry.type === "trying") return "Trying to get back…";
  if (retry.until === undefined) return "";
  const seconds = secondsLeft(retry.until, now);
  return seconds === 0
    ? "Trying to get back…"
    : `Trying again in ${seconds} s…`;
}

function placeWords(placeUntil: number, now: number): string {
  const seconds = secondsLeft(placeUntil, now);
  return seconds === 0
    ? "Your place may be gone by now."
    : `Your place is kept for ${seconds} s.`;
}

const MEDIA_TITLE = "Sound and picture stopped";

function mediaWords(step: Mark["step"] | undefined): Words {
  switch (step) {
    case "iceRestarted":
      return { title: MEDIA_TITLE, text: "Looking for a new way…" };
    case "recreating":
    case "recreated":
      return { title: MEDIA_TITLE, text: "Building a new media connection…" };
    default:
      return { title: MEDIA_TITLE, text: "Bringing your video back…" };
  }
}
