/**
 * Holdfast in the browser.
 *
 * ```ts
 * const room = await connect("https://example.org/rooms/tea", token);
 * room.on("trackSubscribed", (track, publication) => publication.attach(video));
 * await room.localParticipant.publish(camera, { source: "camera" });
 * ```
 *
 * @module
 */
export { connect } from "./connect.ts";
export { type ErrorShape, HoldfastError, type Status } from "./errors.ts";
export type * from "./api/diagnostics.ts";
export type * from "./api/end_reason.ts";
export type * from "./api/grants.ts";
export type * from "./api/listen.ts";
export type * from "./api/options.ts";
export type * from "./api/participants.ts";
export type * from "./api/publications.ts";
export type * from "./api/recovery.ts";
export type * from "./api/room.ts";
export type * from "./api/tracks.ts";
