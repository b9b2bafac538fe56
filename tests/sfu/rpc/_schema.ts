import fc from "fast-check";
import {
  type $ZodChecks,
  type $ZodType,
  type $ZodTypes,
  safeParse,
} from "zod/v4/core";

/** Values that a schema of the methods table takes, as JSON brings them. */
export function valuesOf(schema: $ZodType): fc.Arbitrary<unknown> {
  const { def } = (schema as $ZodTypes)._zod;
  switch (def.type) {
    case "unknown":
      return fc.jsonValue({ maxDepth: 2 });
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "string":
      return textsOf(schema);
    case "number":
      return numbersOf(schema, "format" in def);
    case "enum":
      return fc.constantFrom(...Object.values(def.entries));
    case "literal":
      return fc.constantFrom(...def.values);
    case "nullable":
      return fc.option(valuesOf(def.innerType));
    case "optional":
      return fc.option(valuesOf(def.innerType), { nil: undefined });
    case "union":
      return fc.oneof(...def.options.map(valuesOf));
    case "array":
      return fc.array(valuesOf(def.element), {
        minLength: boundsOf(schema).min ?? 0,
        maxLength: 3,
      });
    case "record":
      return fc.dictionary(
        valuesOf(def.keyType)
          .filter((key) => typeof key === "string")
          // Left to zod, which drops it.
          .filter((key) => key !== "__proto__"),
        valuesOf(def.valueType),
        { maxKeys: 3 },
      );
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries(def.shape).map(([name, one]) => [name, valuesOf(one)]),
        ),
      );
    default:
      throw new Error(`No values of a schema of type ${def.type}`);
  }
}

function textsOf(schema: $ZodType): fc.Arbitrary<string> {
  const { min, max } = boundsOf(schema);
  return fc.string({
    minLength: min ?? 0,
    ...(max === undefined ? {} : { maxLength: max }),
  }).filter((text) => safeParse(schema, text).success);
}

function numbersOf(schema: $ZodType, isInteger: boolean): fc.Arbitrary<number> {
  const { min = -1_000_000, max = 1_000_000 } = boundsOf(schema);
  return isInteger
    ? fc.integer({ min, max })
    : fc.double({ min, max, noNaN: true });
}

/** Lengths, or values. */
function boundsOf(schema: $ZodType): { min?: number; max?: number } {
  const bounds: { min?: number; max?: number } = {};
  for (const check of schema._zod.def.checks ?? []) {
    const { def } = (check as $ZodChecks)._zod;
    if (def.check === "min_length") bounds.min = def.minimum;
    if (def.check === "max_length") bounds.max = def.maximum;
    if (def.check === "less_than") bounds.max = Number(def.value);
    if (def.check === "greater_than") {
      bounds.min = Number(def.value) + (def.inclusive ? 0 : 1);
    }
  }
  return bounds;
}
