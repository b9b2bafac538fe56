/**
 * What a browser and the service say to each other.
 *
 * @module
 */
export * from "./envelope.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./media.ts";
export * from "./methods.ts";
export * from "./model.ts";
