/**
 * Settings from the environment, and words for those that are wrong. For any
 * runtime.
 *
 * @module
 */
import { z } from "zod";
import { type Misspelt, misspelt } from "./misspelt.ts";

export type Env = Readonly<Record<string, string | undefined>>;

export type SettingProblem = {
  readonly name: string;
  /** Undefined: nothing. */
  readonly given: string | undefined;
  /** To follow "must be". */
  readonly allowed: string;
};

export type ReadSettings<T> =
  & (
    | { readonly ok: true; readonly settings: T }
    | { readonly ok: false; readonly problems: readonly SettingProblem[] }
  )
  & { readonly misspelt: readonly Misspelt[] };

/** `read` gives undefined for what is not `allowed`. */
export function setting<T>(
  allowed: string,
  read: (text: string) => T | undefined,
) {
  return z.string({ error: allowed }).transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  });
}

export function wholeNumber(min: number, max: number) {
  return setting(`a whole number from ${min} to ${max}`, (text) => {
    const value = Number(text);
    const fits = /^\d+$/.test(text) && value >= min && value <= max;
    return fits ? value : undefined;
  });
}

export function oneOf<const T extends string>(...values: readonly T[]) {
  return setting(
    `one of ${values.join(", ")}`,
    (text) => values.find((value) => value === text),
  );
}

export function text(allowed: string, pattern: RegExp) {
  return setting(allowed, (given) => pattern.test(given) ? given : undefined);
}

/** A variable that is set to nothing counts as not set. */
export function readSettings<S extends z.ZodObject>(
  schema: S,
  env: Env,
): ReadSettings<z.output<S>> {
  const known = Object.keys(schema.shape);
  const given: Env = Object.fromEntries(
    known.filter((name) => env[name]).map((name) => [name, env[name]]),
  );
  const set = Object.keys(env).filter((name) => env[name]);
  const doubts = { misspelt: misspelt(set, known) };
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, settings: parsed.data, ...doubts };
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return { name, given: given[name], allowed: message };
  });
  return { ok: false, problems, ...doubts };
}

/** ICE servers come with the credentials of TURN. */
const SECRET = /SECRET|TOKEN|PASSWORD|CREDENTIAL|ICE_SERVERS/;

export function tellProblem({ name, given, allowed }: SettingProblem): string {
  const shown = given === undefined
    ? "not set"
    : SECRET.test(name)
    ? `${given.length} characters long`
    : JSON.stringify(given);
  return `${name} is ${shown}: it must be ${allowed}`;
}
