/** What is told of others, in toasts and to screen readers. */
import type { EndReason } from "../../../client/mod.ts";

export const joinedNews = (name: string) => `${name} joined`;

export const lostNews = (name: string) =>
  `${name} lost the connection and may come back`;

export const backNews = (name: string) => `${name} is back`;

export function leftNews(name: string, reason: EndReason): string {
  switch (reason) {
    case "networkDisconnect":
      return `${name} did not come back`;
    case "removed":
      return `${name} was removed`;
    default:
      return `${name} left`;
  }
}

export const sharingNews = (name: string) => `${name} is sharing the screen`;

export function mutedNews(
  name: string,
  source: string,
  muted: boolean,
): string | undefined {
  if (source === "microphone") return `${name} ${muted ? "muted" : "unmuted"}`;
  if (source === "camera") {
    return `${name} turned the camera ${muted ? "off" : "on"}`;
  }
  return undefined;
}
