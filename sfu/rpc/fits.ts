/**
 * Tells quickly that a JSON value is what a zod schema takes, as it stands.
 *
 * @module
 */
import type { $ZodChecks, $ZodType, $ZodTypes } from "zod/v4/core";

type Test = (value: unknown) => boolean;

const always: Test = () => true;
/** For what only zod itself can judge. */
const never: Test = () => false;

/**
 * True means: zod would take the value and change nothing. False means nothing:
 * ask zod, which also knows what is wrong. Most frames are right, and zod takes
 * longer over them than their JSON does.
 */
export function fits(schema: $ZodType): Test {
  const { def } = (schema as $ZodTypes)._zod;
  if ("coerce" in def && def.coerce) return never;
  switch (def.type) {
    case "unknown":
      return always;
    case "null":
      return (value) => value === null;
    case "boolean":
      return (value) => typeof value === "boolean";
    case "string":
      return "format" in def ? never : both(isString, checksOf(schema));
    case "number":
      return both(isNumber(def), checksOf(schema));
    case "enum":
      return isOneOf(Object.values(def.entries));
    case "literal":
      return isOneOf(def.values);
    case "nullable":
      return either(fits(def.innerType), (value) => value === null);
    case "union":
      return def.options.map(fits).reduce(either);
    case "array":
      return both(isArrayOf(fits(def.element)), checksOf(schema));
    case "record":
      return isRecord(fits(def.keyType), fits(def.valueType));
    case "object":
      return hasNoChecks(schema) ? isObject(def.shape) : never;
    default:
      return never;
  }
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

function isOneOf(values: readonly unknown[]): Test {
  const set = new Set(values);
  return (value) => set.has(value);
}

function both(first: Test, second: Test): Test {
  if (first === always) return second;
  if (second === always) return first;
  return (value) => first(value) && second(value);
}

function either(first: Test, second: Test): Test {
  return (value) => first(value) || second(value);
}

function isArrayOf(element: Test): Test {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (const item of value) if (!element(item)) return false;
    return true;
  };
}

function isRecord(key: Test, member: Test): Test {
  return (value) => {
    if (!isPlain(value)) return false;
    for (const name in value) {
      if (name === "__proto__") return false;
      if (!key(name) || !member(value[name])) return false;
    }
    return true;
  };
}

/** A member that the schema does not name is left to zod. */
function isObject(shape: Readonly<Record<string, $ZodType>>): Test {
  const members = Object.entries(shape).map(([name, schema]) =>
    memberOf(name, schema)
  );
  return (value) => {
    if (!isPlain(value)) return false;
    let known = 0;
    for (const { name, isOptional, test } of members) {
      const member = value[name];
      if (member === undefined) {
        if (!isOptional) return false;
      } else {
        if (!test(member)) return false;
        known++;
      }
    }
    for (const _ in value) known--;
    return known === 0;
  };
}

function memberOf(name: string, schema: $ZodType) {
  const { def } = (schema as $ZodTypes)._zod;
  return def.type === "optional"
    ? { name, isOptional: true, test: fits(def.innerType) }
    : { name, isOptional: false, test: fits(schema) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(def: object): Test {
  if (!("format" in def)) return Number.isFinite;
  return def.format === "safeint" ? Number.isSafeInteger : never;
}

function hasNoChecks(schema: $ZodType): boolean {
  return (schema._zod.def.checks ?? []).length === 0;
}

function checksOf(schema: $ZodType): Test {
  return (schema._zod.def.checks ?? [])
    .map((check) => checkOf((check as $ZodChecks)._zod.def))
    .reduce(both, always);
}

/** Runs on what has the right type already. */
function checkOf(def: $ZodChecks["_zod"]["def"]): Test {
  switch (def.check) {
    case "min_length":
      return (value) => lengthOf(value) >= def.minimum;
    case "max_length":
      return (value) => lengthOf(value) <= def.maximum;
    case "greater_than":
      return isAbove(Number(def.value), def.inclusive);
    case "less_than":
      return isBelow(Number(def.value), def.inclusive);
    default:
      return never;
  }
}

function isAbove(bound: number, inclusive: boolean): Test {
  return (value) => Number(value) > bound || (inclusive && value === bound);
}

function isBelow(bound: number, inclusive: boolean): Test {
  return (value) => Number(value) < bound || (inclusive && value === bound);
}

function lengthOf(value: unknown): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : NaN;
}
