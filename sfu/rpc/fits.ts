/**
 * Tells quickly that a JSON value is what a zod schema takes, as it stands.
 *
 * @module
 */
import type {
  $ZodCheckRegexDef,
  $ZodChecks,
  $ZodType,
  $ZodTypes,
} from "zod/v4/core";

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
  const bounds = boundsOf(schema);
  if (bounds === undefined || ("coerce" in def && def.coerce)) return never;
  switch (def.type) {
    case "unknown":
      return always;
    case "null":
      return (value) => value === null;
    case "boolean":
      return (value) => typeof value === "boolean";
    case "string":
      return "format" in def ? never : isText(bounds, patternsOf(schema));
    case "number":
      return isNumber(def, bounds);
    case "enum":
      return isOneOf(Object.values(def.entries));
    case "literal":
      return isOneOf(def.values);
    case "nullable":
      return either(fits(def.innerType), (value) => value === null);
    case "union":
      return def.options.map(fits).reduce(either);
    case "array":
      return isArray(bounds, fits(def.element));
    case "record":
      return isRecord(fits(def.keyType), fits(def.valueType));
    case "object":
      return isObject(def.shape);
    default:
      return never;
  }
}

/** Of values or of lengths; `above` and `below` are not reached themselves. */
type Bounds = { min: number; max: number; above: number; below: number };

/** Undefined where a check is no bound, so that only zod can tell. */
function boundsOf(schema: $ZodType): Bounds | undefined {
  const bounds = {
    min: -Infinity,
    max: Infinity,
    above: -Infinity,
    below: Infinity,
  };
  for (const check of schema._zod.def.checks ?? []) {
    const { def } = (check as $ZodChecks)._zod;
    if (def.check === "min_length") {
      bounds.min = Math.max(bounds.min, def.minimum);
    } else if (def.check === "max_length") {
      bounds.max = Math.min(bounds.max, def.maximum);
    } else if (def.check === "greater_than") {
      const side = def.inclusive ? "min" : "above";
      bounds[side] = Math.max(bounds[side], Number(def.value));
    } else if (def.check === "less_than") {
      const side = def.inclusive ? "max" : "below";
      bounds[side] = Math.min(bounds[side], Number(def.value));
    } else if (!isPattern(def)) {
      return undefined;
    }
  }
  return bounds;
}

type Pattern = $ZodCheckRegexDef;

const isPattern = (def: object): def is Pattern =>
  "format" in def && def.format === "regex" && "pattern" in def;

const patternsOf = (schema: $ZodType): RegExp[] =>
  (schema._zod.def.checks ?? []).map(({ _zod: { def } }) => def)
    .filter(isPattern).map(({ pattern }) => pattern);

function isText({ min, max }: Bounds, patterns: readonly RegExp[]): Test {
  return (value) =>
    typeof value === "string" && value.length >= min && value.length <= max &&
    patterns.every((pattern) => pattern.test(value));
}

function isNumber(def: object, { min, max, above, below }: Bounds): Test {
  const isWhole = "format" in def;
  if (isWhole && def.format !== "safeint") return never;
  const isGood = isWhole ? Number.isSafeInteger : Number.isFinite;
  return (value) =>
    typeof value === "number" && isGood(value) && value >= min &&
    value <= max && value > above && value < below;
}

function isArray({ min, max }: Bounds, element: Test): Test {
  return (value) => {
    if (!Array.isArray(value)) return false;
    if (value.length < min || value.length > max) return false;
    for (const item of value) if (!element(item)) return false;
    return true;
  };
}

function isOneOf(values: readonly unknown[]): Test {
  return (value) => values.includes(value);
}

function either(first: Test, second: Test): Test {
  return (value) => first(value) || second(value);
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
  const members = new Map(
    Object.entries(shape).map(([name, schema]) => [name, memberOf(schema)]),
  );
  const required = [...members.values()].filter((one) => one.isRequired).length;
  return (value) => {
    if (!isPlain(value)) return false;
    let missing = required;
    for (const name in value) {
      const member = members.get(name);
      if (member === undefined || !member.test(value[name])) return false;
      if (member.isRequired) missing--;
    }
    return missing === 0;
  };
}

function memberOf(schema: $ZodType) {
  const { def } = (schema as $ZodTypes)._zod;
  return def.type === "optional"
    ? { isRequired: false, test: fits(def.innerType) }
    : { isRequired: true, test: fits(schema) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
