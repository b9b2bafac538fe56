/**
 * The methods table as code that is generic in the method sees it.
 *
 * @module
 */
import type { z } from "zod";
import {
  methods,
  type SfuMethod,
  type SfuParams,
  type SfuResult,
} from "../methods.ts";

type Table = {
  readonly [M in SfuMethod]: {
    readonly params: z.ZodType<SfuParams<M>>;
    readonly result: z.ZodType<SfuResult<M>>;
    readonly idempotent: boolean;
  };
};

export const table: Table = methods;

export function isSfuMethod(name: string): name is SfuMethod {
  return Object.hasOwn(methods, name);
}
