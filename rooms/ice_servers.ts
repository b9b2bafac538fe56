/**
 * What rooms ask of whoever knows the STUN and TURN servers.
 *
 * @module
 */
import type { IceServers, SessionId } from "./core/input.ts";

export type { IceServers };

/** Those for a session, with credentials that hold from `now` on. */
export type IceServersFor = (sessionId: SessionId, now: number) => IceServers;

export const noIceServers: IceServersFor = () => ({
  servers: [],
  renewAt: null,
});
