/**
 * The settings in words.
 *
 * @module
 */
import { z } from "zod";
import { allSettings } from "./settings.ts";

export type SettingRow = {
  readonly name: string;
  /** As it stands in the environment; undefined: none. */
  readonly default: string | undefined;
  readonly allowed: string;
  readonly description: string;
};

/** Every setting, in the order in which a reader wants to meet them. */
export function describeSettings(): SettingRow[] {
  return Object.entries(allSettings.shape).map(([name, schema]) => ({
    name,
    default: defaultOf(schema),
    allowed: schema.unwrap().safeParse(undefined).error?.issues[0]?.message ??
      "",
    description: schema.description ?? "",
  }));
}

function defaultOf(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodPrefault) return String(schema.def.defaultValue);
  const value = schema.safeParse(undefined).data;
  if (value === undefined) return undefined;
  if (isList(value)) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 &&
  value.every((one) => typeof one === "string");
