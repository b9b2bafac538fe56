/**
 * What a browser and the service say to each other.
 *
 * `zod` is imported as a namespace throughout, so that bundlers can leave out
 * what is not used: a quarter of the size remains.
 *
 * @module
 */
export * from "./envelope.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./media.ts";
export * from "./methods.ts";
export * from "./model.ts";
export * from "./report.ts";
