/** What is told of others, in toasts and to screen readers. */
import type { EndReason } from "../../../protocol/mod.ts";

export const joinedNews = (name: string) => `${name} joined`;

export function leftNews(name: string, reason: EndReason): string {
  switch (reason) {
    case "networkDisconnect":
      return `${name} lost the connection`;
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
