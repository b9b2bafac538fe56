import type * as z from "zod";

/**
 * What a word that only a newer service knows is taken for, by its field: the
 * closest one that asks for nothing special.
 */
const SUBSTITUTES: { readonly [field: string]: string } = {
  cause: "closed",
  duplicateIdentity: "replace",
  reason: "removed",
  source: "other",
  state: "connected",
  type: "simple",
};

/**
 * Parses what a service says, which may be newer than this client: fields that
 * are new are dropped, new words in known fields are replaced.
 */
export function parseLeniently<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success || !parsed.error.issues.every(isNewWord)) return parsed;
  const copy = structuredClone(value);
  for (const { path } of parsed.error.issues) substitute(copy, path);
  return schema.safeParse(copy);
}

function isNewWord({ code, path }: z.core.$ZodIssue): boolean {
  return code === "invalid_value" &&
    Object.hasOwn(SUBSTITUTES, String(path.at(-1)));
}

function substitute(value: unknown, [key, ...rest]: PropertyKey[]): void {
  if (typeof value !== "object" || value === null || key === undefined) return;
  if (rest.length > 0) substitute(Reflect.get(value, key), rest);
  else Reflect.set(value, key, SUBSTITUTES[String(key)]);
}
