/**
 * Which inputs leave something behind that is to outlive the process. What
 * comes all the time does not: heartbeats, scores, looks.
 *
 * @module
 */
import { volatileEvents } from "../../../sfu/methods.ts";
import type { Effect } from "../effect.ts";
import { readPong } from "../heartbeat.ts";
import type { Input } from "../input.ts";

export function isDurable(input: Input, effects: readonly Effect[]): boolean {
  switch (input.type) {
    case "received":
      return effects.some(isMore) || readPong(input.text) === null;
    case "sfuEvent":
      return !volatileEvents.has(input.event.event) && effects.length > 0;
    case "admin":
      return input.command.type !== "describe" &&
        input.command.type !== "summarize";
    case "opened":
      // One that waits for the router, or for what the SFU says, is not in yet.
      return effects.some((effect) => isMore(effect) && effect.type !== "call");
    case "closed":
    case "left":
    case "sfuUp":
    case "sfuDown":
    case "iceServers":
    case "tick":
      return effects.some(isMore);
    default:
      return true;
  }
}

/** Who has gone must not be there again after a crash, where that can be helped. */
export const hasLeft = (effects: readonly Effect[]): boolean =>
  effects.some((effect) =>
    effect.type === "announce" &&
    effect.announcement.type === "participantLeft"
  );

/** More than pings, hints and refusals. */
function isMore(effect: Effect): boolean {
  switch (effect.type) {
    case "send":
      return effect.whenKept ?? false;
    case "close":
    case "wrongSecret":
    case "roundTrip":
    case "renewIceServers":
      return false;
    default:
      return true;
  }
}
