import type { TrackSource } from "./tracks.ts";

/** What one may do in a room; the access token says so, and operators may. */
export interface Grants {
  /** To come in, and to stay. */
  readonly join: boolean;
  /** Tracks: any, none, or those of these sources. */
  readonly publish: boolean | readonly TrackSource[];
  /** To the tracks and data channels of others. */
  readonly subscribe: boolean;
  /** Messages and data channels. */
  readonly sendData: boolean;
  /** `localParticipant.update()`. */
  readonly updateMetadata: boolean;
  /** To manage rooms over the admin API; a room itself does not ask for it. */
  readonly admin: boolean;
}
