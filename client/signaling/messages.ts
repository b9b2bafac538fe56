import {
  describe,
  type EventName,
  type EventParams,
  events,
  type HintName,
  type HintParams,
  hints,
  type Notification,
} from "../../protocol/mod.ts";
import { parseLeniently } from "./lenient.ts";

export type RoomEvent = {
  [E in EventName]: { readonly name: E; readonly params: EventParams<E> };
}[EventName];

export type RoomHint = {
  [H in HintName]: { readonly name: H; readonly params: HintParams<H> };
}[HintName];

/** A notification as this version of the protocol understands it. */
export type Incoming =
  | { readonly type: "event"; readonly seq: number; readonly event: RoomEvent }
  | { readonly type: "hint"; readonly hint: RoomHint }
  /** An event that a newer service tells: counted, and otherwise let go. */
  | { readonly type: "unknownEvent"; readonly seq: number }
  | { readonly type: "unknownHint" }
  | { readonly type: "brokenEvent"; readonly detail: string }
  | { readonly type: "brokenHint"; readonly detail: string };

export function readNotification(
  { method, params }: Notification,
): Incoming {
  if (isHintName(method)) return readHint(method, params);
  const seq = seqOf(params);
  if (!isEventName(method)) {
    return seq === undefined
      ? { type: "unknownHint" }
      : { type: "unknownEvent", seq };
  }
  if (seq === undefined) {
    return { type: "brokenEvent", detail: `${method} has no seq` };
  }
  const parsed = parseLeniently(events[method], params);
  if (!parsed.success) {
    return {
      type: "brokenEvent",
      detail: `${method}: ${describe(parsed.error)}`,
    };
  }
  // The table ties the name to its parameters, which the compiler cannot follow.
  const event = { name: method, params: parsed.data } as RoomEvent;
  return { type: "event", seq, event };
}

function readHint(name: HintName, params: unknown): Incoming {
  const parsed = parseLeniently(hints[name], params);
  if (!parsed.success) {
    return {
      type: "brokenHint",
      detail: `${name}: ${describe(parsed.error)}`,
    };
  }
  return { type: "hint", hint: { name, params: parsed.data } as RoomHint };
}

function seqOf(params: unknown): number | undefined {
  if (typeof params !== "object" || params === null) return undefined;
  if (!("seq" in params)) return undefined;
  const { seq } = params;
  return typeof seq === "number" && Number.isSafeInteger(seq) ? seq : undefined;
}

const isEventName = (name: string): name is EventName =>
  Object.hasOwn(events, name);

const isHintName = (name: string): name is HintName =>
  Object.hasOwn(hints, name);
