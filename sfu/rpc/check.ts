/**
 * Checks what came, or is to leave, against its schema.
 *
 * @module
 */
import type { z } from "zod";
import { fits } from "./fits.ts";

export type Checked<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly error: z.ZodError<T> };

const tests = new WeakMap<z.ZodType, (value: unknown) => boolean>();

/** As zod's `safeParse`, but a good JSON value costs a quarter and is not copied. */
export function check<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  let test = tests.get(schema);
  if (test === undefined) {
    test = fits(schema);
    tests.set(schema, test);
  }
  if (test(value)) return { success: true, data: value as T };
  return schema.safeParse(value);
}
