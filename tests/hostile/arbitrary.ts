/**
 * Values that fit a schema of the protocol, values that nearly do, and garbage.
 *
 * @module
 */
import fc from "fast-check";
import * as z from "zod";

/** A JSON Schema, as zod writes those of the protocol. */
type Schema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
};

const MOST_ITEMS = 3;
const LONGEST = 24;

/** What no schema expects, in the order of its malice. */
export const garbage: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    -1,
    0.5,
    1e308,
    -0,
    2 ** 53,
    "",
    "\0",
    "\ud83d",
    "\u202e",
    "constructor",
    "__proto__",
    "x".repeat(5_000),
    { ["😀".repeat(5_000)]: 1 },
    [],
    {},
    [[[[]]]],
    { toString: 1, constructor: { prototype: {} }, hasOwnProperty: null },
    JSON.parse('{"__proto__":{"polluted":true}}'),
    JSON.parse("[".repeat(20) + "]".repeat(20)),
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: "binary", maxLength: LONGEST }),
);

/** `known`: values for fields of these names, to be met as often as others. */
export function fitting(
  schema: z.ZodType,
  known: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return valueOf(json as Schema, known);
}

function valueOf(
  schema: Schema,
  known: Parameters<typeof fitting>[1],
): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return fc.oneof(...either.map((one) => valueOf(one, known)));
  switch (schema.type) {
    case "object":
      return objectOf(schema, known);
    case "array":
      return fc.array(valueOf(schema.items ?? {}, known), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(MOST_ITEMS, schema.minItems ?? 0),
      });
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer(boundsOf(schema));
    case "number":
      return fc.double({ ...boundsOf(schema), noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const boundsOf = ({ minimum = -10, maximum = 1_000_000 }: Schema) => ({
  min: Math.max(minimum, -10),
  max: Math.min(maximum, 1_000_000),
});

const textOf = ({ pattern, minLength = 0, maxLength = LONGEST }: Schema) =>
  pattern === undefined
    ? fc.string({ minLength, maxLength: Math.min(maxLength, LONGEST) })
    : fc.stringMatching(new RegExp(pattern));

function objectOf(
  { properties = {}, required = [], additionalProperties }: Schema,
  known: Parameters<typeof fitting>[1],
): fc.Arbitrary<unknown> {
  if (typeof additionalProperties === "object") {
    return fc.dictionary(
      fc.string({ maxLength: 8 }),
      valueOf(additionalProperties, known),
      { maxKeys: MOST_ITEMS },
    );
  }
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = valueOf(schema, known);
    const names = known[name];
    return [
      name,
      names ? fc.oneof(fc.constantFrom(...names), value) : value,
    ] as const;
  });
  return fc.record(Object.fromEntries(fields), {
    requiredKeys: [...required],
  });
}

/** A value with up to three wounds. */
export const nearly = (
  value: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> =>
  fc.tuple(value, fc.array(wound, { minLength: 1, maxLength: 3 }))
    .map(([value, wounds]) =>
      wounds.reduce((hurt, { at, ...wound }) => hurtAt(hurt, at, wound), value)
    );

type Wound = { readonly how: string; readonly by: unknown };

const wound = fc.record({
  /** Which of the places of the value, counted round and round. */
  at: fc.nat(),
  how: fc.constantFrom("replace", "remove", "add"),
  by: garbage,
});

function hurtAt(value: unknown, at: number, wound: Wound): unknown {
  if (typeof value !== "object" || value === null) return wound.by;
  const entries = Object.entries(value);
  const index = at % (entries.length + 1);
  const target = entries[index];
  if (target === undefined) entries.push(["surplus", wound.by]);
  else {
    const deeper = Math.floor(at / (entries.length + 1));
    hurtEntry(entries, index, target, deeper, wound);
  }
  return Array.isArray(value)
    ? entries.map(([, item]) => item)
    : Object.fromEntries(entries);
}

function hurtEntry(
  entries: [string, unknown][],
  index: number,
  [key, inner]: [string, unknown],
  at: number,
  wound: Wound,
): void {
  const isDeep = typeof inner === "object" && inner !== null;
  if (isDeep && at > 0) entries[index] = [key, hurtAt(inner, at, wound)];
  else if (wound.how === "remove") entries.splice(index, 1);
  else if (wound.how === "add") entries.push([`${key}\u200b`, wound.by]);
  else entries[index] = [key, wound.by];
}
