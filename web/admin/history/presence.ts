import type { RoomEvent } from "../../../admin/client.ts";

export type Presence = "connected" | "reconnecting";

/** A stretch of a session. Times in milliseconds since 1970. */
export type Stretch = {
  readonly presence: Presence;
  readonly from: number;
  readonly to: number;
};

const begins: Readonly<Record<string, Presence>> = {
  participantJoined: "connected",
  participantReconnecting: "reconnecting",
  participantReconnected: "connected",
};

/** How a session has gone, out of its events; until `now`, unless it is over. */
export function stretchesOf(
  events: readonly RoomEvent[],
  now: number,
): Stretch[] {
  const stretches: Stretch[] = [];
  let open: { presence: Presence; from: number } | undefined;
  const close = (to: number) => {
    if (open && to > open.from) stretches.push({ ...open, to });
    open = undefined;
  };
  for (const { type, at } of events) {
    const presence = begins[type];
    if (presence === undefined && type !== "participantLeft") continue;
    close(at);
    open = presence && { presence, from: at };
  }
  close(now);
  return stretches;
}
