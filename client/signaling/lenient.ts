import type * as z from "zod";

/**
 * What a word that only a newer service knows is taken for, by its field: the
 * closest one that asks for nothing special.
 */
const SUBSTITUTES: { readonly [field: string]: string } = {
  advice: "recreate",
  cause: "closed",
  duplicateIdentity: "replace",
  mediaState: "connected",
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
  for (const issue of parsed.error.issues) {
    substitute(copy, issue.path, wordFor(issue));
  }
  return schema.safeParse(copy);
}

const fieldOf = ({ path }: z.core.$ZodIssue): string => String(path.at(-1));

const isNewWord = (issue: z.core.$ZodIssue): boolean =>
  issue.code === "invalid_value" && Object.hasOwn(SUBSTITUTES, fieldOf(issue));

/** Fields of one name may have words of their own: of these, the last. */
function wordFor(issue: z.core.$ZodIssue): unknown {
  const word = SUBSTITUTES[fieldOf(issue)];
  if (issue.code !== "invalid_value" || word === undefined) return word;
  return issue.values.includes(word) ? word : issue.values.at(-1);
}

function substitute(
  value: unknown,
  [key, ...rest]: PropertyKey[],
  word: unknown,
): void {
  if (typeof value !== "object" || value === null || key === undefined) return;
  if (rest.length > 0) substitute(Reflect.get(value, key), rest, word);
  else Reflect.set(value, key, word);
}
