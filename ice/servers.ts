/**
 * Which STUN and TURN servers a session may use: those that never change, and
 * one with credentials that are made for it and hold for a time.
 *
 * @module
 */
import type { IceServer } from "../protocol/mod.ts";
import type { IceServersFor } from "../rooms/ice_servers.ts";
import { type Turn, turnServer } from "./turn.ts";

export type IceOptions = {
  /** Given to everybody as they are. */
  readonly fixed: readonly IceServer[];
  readonly turn?: Turn | undefined;
};

/** Credentials are renewed when half of their time is over. */
export function iceServers({ fixed, turn }: IceOptions): IceServersFor {
  if (turn === undefined) {
    const same = { servers: [...fixed], renewAt: null };
    return () => same;
  }
  return (sessionId, now) => ({
    servers: [...fixed, turnServer(turn, sessionId, now)],
    renewAt: now + turn.ttlS * 1_000 / 2,
  });
}
