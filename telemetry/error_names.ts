/** @module */
import { errors } from "../protocol/mod.ts";

/** The names of the protocol's errors, by their codes. */
export const errorNames: ReadonlyMap<number, string> = new Map(
  Object.entries(errors).map(([name, { code }]) => [code, name]),
);
