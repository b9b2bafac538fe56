/**
 * The RPC over HTTP: `POST /rpc`, the secret as bearer token, frames one a line
 * both ways. A POST is answered when there are frames to answer with, when the
 * next one comes, or after a while.
 *
 * @module
 */
export const HTTP_PATH = "/rpc";
export const NDJSON = "application/x-ndjson";
/** Names the connection that a POST belongs to; chosen by the link. */
export const CONNECTION_HEADER = "holdfast-connection";
/** Counts the POSTs of a connection, from 1; at most two are under way. */
export const TURN_HEADER = "holdfast-turn";
/** Of a body that holds more than one frame. */
export const BATCH_BYTES = 262_144;
